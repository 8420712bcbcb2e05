/**
 * Tables and path partitions in Hive's metastore. The only user of the metastore's Thrift interface.
 *
 * <p>Everything here is set, not incremented, so each call may be repeated. A metastore that cannot be reached is a
 * {@link io.tailrace.loader.table.CatalogUnavailableException}; a table that Hive refuses is another failure.
 */
@NullMarked
package io.tailrace.loader.hive;

import org.jspecify.annotations.NullMarked;

/**
 * Tables and path partitions in Hive's metastore. The only user of the metastore's Thrift interface.
 */
@NullMarked
package io.tailrace.loader.hive;

import org.jspecify.annotations.NullMarked;

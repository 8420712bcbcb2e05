/**
 * The commit protocol: manifests, staging folders and the steps after the commit point. {@code docs/loader.md} describes
 * it, {@code docs/format.md} draws the manifest.
 *
 * <p>One thread per topic. Knows neither brokers nor Hive, only interfaces to publish to.
 */
@NullMarked
package io.tailrace.loader.commit;

import org.jspecify.annotations.NullMarked;

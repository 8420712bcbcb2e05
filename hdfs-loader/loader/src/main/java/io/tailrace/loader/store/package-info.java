/**
 * The file system of {@code output.path}: the operations that the commit protocol relies on, on HDFS and on local disks.
 *
 * <p>The only user of Hadoop's {@code FileSystem}.
 */
@NullMarked
package io.tailrace.loader.store;

import org.jspecify.annotations.NullMarked;

/**
 * One task: fetches a range of offsets and writes its records to Parquet files in the run's staging folder.
 *
 * <p>A task is described by data and gives data, so that it can run in any process. It commits nothing.
 */
@NullMarked
package io.tailrace.loader.task;

import org.jspecify.annotations.NullMarked;

/**
 * Runs the tasks of a run as a map-only MapReduce job on YARN, for loads that one machine cannot carry.
 *
 * <p>{@link io.tailrace.loader.engine.mapreduce.MapReduceEngine} is the side of the loader: it ships the libraries,
 * submits the job, watches it through the ResourceManager, and reads the results. The other side runs in containers:
 * each map loads the tasks of its split and writes their results as one file in the run's staging folder. The first
 * attempt of a map that publishes its file decides; files of other attempts are in no result, so they are not
 * committed.
 *
 * <p>A job never outlives its run for long: the loader kills it when the run ends, YARN kills it when the loader stops
 * extending its lifetime, and its containers stop when the staging folder is gone. No class here creates the staging
 * folder, or a fenced run would get it back.
 */
@NullMarked
package io.tailrace.loader.engine.mapreduce;

import org.jspecify.annotations.NullMarked;

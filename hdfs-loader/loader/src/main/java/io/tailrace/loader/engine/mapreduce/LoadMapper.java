package io.tailrace.loader.engine.mapreduce;

import io.tailrace.loader.engine.mapreduce.TaskJson.Failure;
import io.tailrace.loader.engine.mapreduce.TaskJson.Numbered;
import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.TableKind;
import io.tailrace.loader.task.LoadTask;
import io.tailrace.loader.task.TaskResult;
import io.tailrace.loader.task.TaskServices;
import io.tailrace.loader.task.TaskSpec;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.mapreduce.Mapper;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads the tasks of a split, one after another, and publishes their results. It has no output for Hadoop. */
final class LoadMapper extends Mapper<TaskReader, TaskSpec, NullWritable, NullWritable> {
    private static final Logger log = LoggerFactory.getLogger(LoadMapper.class);

    /** The group of the counters in YARN. */
    static final String COUNTERS = "Tailrace";

    private static final long REPORT_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** More than a map has attempts, over all application masters: they number theirs from 0, 1000, 2000. */
    private static final int ATTEMPTS_MAX = 10_000;

    private long reportedNanos;

    @Override
    public void run(Context context) throws IOException, InterruptedException {
        JobParameters parameters = JobParameters.of(context.getConfiguration());
        try (Store store = Store.open(parameters.staging(), context.getConfiguration())) {
            JobFiles files = new JobFiles(store, parameters);
            if (files.hasResults(context.getTaskAttemptID())) {
                // A former application master was lost before it recorded that.
                log.info("another attempt has loaded this split");
                return;
            }
            try {
                NodeAddresses.check(parameters);
                TaskServices services = TaskServices.connect(
                        parameters.bootstrapServers(), parameters.group(), parameters.registry(), store);
                AbortCheck guard = new StagingGuard(store, parameters.staging(), System::nanoTime);
                files.publishResults(context.getTaskAttemptID(), load(context, services, guard));
            } catch (IOException | RuntimeException | Error e) {
                report(e, context.getTaskAttemptID(), files);
                throw e;
            }
        }
    }

    private List<Numbered> load(Context context, TaskServices services, AbortCheck guard)
            throws IOException, InterruptedException {
        List<Numbered> results = new ArrayList<>();
        while (context.nextKeyValue()) {
            TaskSpec spec = context.getCurrentValue();
            int attempt =
                    spec.attempt() * ATTEMPTS_MAX + context.getTaskAttemptID().getId();
            context.setStatus("loading " + spec.range());
            LoadTask task =
                    new LoadTask(spec.withAttempt(attempt), services, records -> loaded(context, records), () -> {
                        // A map that waits for a broker is alive.
                        context.progress();
                        guard.throwIfAborted();
                    });
            TaskResult result = task.call();
            count(context, "rows", result.rows(TableKind.ROWS));
            count(context, "errors", result.rows(TableKind.ERRORS));
            count(context, "value bytes", result.valueBytes());
            results.add(new Numbered(spec.number(), result));
            context.getCurrentKey().next();
        }
        return results;
    }

    private void loaded(Context context, long records) {
        count(context, "records", records);
        try {
            context.getCurrentKey().loaded(records);
            long nowNanos = System.nanoTime();
            if (nowNanos - reportedNanos >= REPORT_EVERY_NANOS) {
                reportedNanos = nowNanos;
                context.nextKeyValue();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new InterruptedIOException("interrupted while loading"));
        }
    }

    private static void count(Context context, String counter, long more) {
        context.getCounter(COUNTERS, counter).increment(more);
    }

    /** Reports to the loader why the attempt failed. Logs can be out of its reach. */
    private static void report(Throwable cause, TaskAttemptID attempt, JobFiles files) {
        String message = cause.getMessage() == null || cause instanceof Error
                ? cause.toString()
                : String.valueOf(cause.getMessage());
        try {
            files.writeFailure(new Failure(attempt.toString(), NodeAddresses.host(), message));
        } catch (IOException e) {
            log.warn("cannot report the failure to the loader: {}", e.getMessage());
        }
    }
}

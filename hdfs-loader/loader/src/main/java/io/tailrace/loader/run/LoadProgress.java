package io.tailrace.loader.run;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports the progress of a run. Thread-safe. */
public interface LoadProgress extends AutoCloseable {

    /** Counts records that are done. */
    void loaded(long records);

    @Override
    void close();

    /** Starts to report the run of a topic. */
    @FunctionalInterface
    interface Factory {
        LoadProgress start(String topic, long records);
    }

    /** A progress bar, for a terminal. */
    static LoadProgress bar(String topic, long records) {
        ProgressBar bar = new ProgressBarBuilder()
                .setTaskName(topic)
                .setInitialMax(records)
                .setUnit(" records", 1)
                .setStyle(ProgressBarStyle.ASCII)
                .showSpeed()
                .build();
        return new LoadProgress() {
            @Override
            public void loaded(long more) {
                bar.stepBy(more);
            }

            @Override
            public void close() {
                bar.close();
            }
        };
    }

    /** A log line a minute. */
    static LoadProgress lines(String topic, long records, LongSupplier nanoTime) {
        return new LoadProgress() {
            private static final Logger log = LoggerFactory.getLogger(LoadProgress.class);
            private static final long EVERY_NANOS = 60_000_000_000L;

            private final AtomicLong loaded = new AtomicLong();
            private final AtomicLong loggedNanos = new AtomicLong(nanoTime.getAsLong());

            @Override
            public void loaded(long more) {
                long now = nanoTime.getAsLong();
                long count = loaded.addAndGet(more);
                long last = loggedNanos.get();
                if (now - last >= EVERY_NANOS && loggedNanos.compareAndSet(last, now)) {
                    log.info("loading topic {}: {} of {} records", topic, count, records);
                }
            }

            @Override
            public void close() {}
        };
    }
}

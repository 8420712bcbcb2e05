package io.tailrace.loader.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.loader.commit.CommitListener;
import io.tailrace.loader.plan.Plan;
import io.tailrace.loader.rewrite.ReloadRange;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.schemas.SchemaRegistryClient;
import java.io.IOException;
import java.util.SortedMap;
import org.apache.avro.generic.GenericRecord;

/** A command that a test kills and repeats. What is in brokers and registry is the same in each process. */
enum KillableWork {
    LOAD {
        @Override
        void prepare(TestLoader loader) {}

        @Override
        void run(TestLoader loader, CommitListener listener) throws IOException {
            loader.load(Plan.OnGap.FAIL, listener);
        }
    },

    /** Loads the records whose schema was not registered at first. */
    RETRY_ERRORS {
        @Override
        SortedMap<Integer, Long> fill(FakeCluster cluster, FakeRegistry registry) {
            SortedMap<Integer, Long> rows = super.fill(cluster, registry);
            for (int i = 0; i < 6; i++) {
                long timeMs = AccessLog.START.toEpochMilli() + i % 3 * HOUR_MS + i;
                GenericRecord event = AccessLog.event(AccessLog.GROWN, timeMs, 200);
                event.put("method", "PUT");
                cluster.append(i % 2 == 0 ? AccessLog.P0 : AccessLog.P1, timeMs, AccessLog.value(GROWN_ID, event));
                rows.merge(200, 1L, Long::sum);
            }
            return rows;
        }

        @Override
        void run(TestLoader loader, CommitListener listener) throws IOException {
            loader.retryErrors(listener);
        }

        @Override
        void mend(FakeRegistry registry) {
            assertThat(registry.register(SchemaRegistryClient.valueSubject(AccessLog.TOPIC), AccessLog.GROWN))
                    .isEqualTo(GROWN_ID);
        }
    },

    /** Loads all three hours again. */
    RELOAD {
        @Override
        void run(TestLoader loader, CommitListener listener) throws IOException {
            loader.reload(
                    new ReloadRange.Hours(
                            PathPartition.of(AccessLog.START.toEpochMilli()),
                            PathPartition.of(AccessLog.START.toEpochMilli() + 2 * HOUR_MS)),
                    listener);
        }
    };

    private static final int EVENTS = 40;
    private static final long SEED = 9;
    private static final long HOUR_MS = 3_600_000;
    private static final int GROWN_ID = 2;

    /**
     * Fills brokers and registry.
     *
     * @return the number of rows by status that the work leaves
     */
    SortedMap<Integer, Long> fill(FakeCluster cluster, FakeRegistry registry) {
        return AccessLog.append(cluster, registry, EVENTS, SEED);
    }

    /** What happens before the work. */
    void prepare(TestLoader loader) throws IOException {
        loader.load(new LoadChoices(Plan.OnGap.FAIL, false, true));
    }

    /** Registers what was missing. */
    void mend(FakeRegistry registry) {}

    abstract void run(TestLoader loader, CommitListener listener) throws IOException;
}

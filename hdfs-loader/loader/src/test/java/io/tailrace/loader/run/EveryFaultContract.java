package io.tailrace.loader.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.loader.plan.Plan;
import io.tailrace.loader.rewrite.ReloadRange;
import io.tailrace.loader.run.FaultInjector.Fault;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.store.Stores;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.schemas.SchemaRegistryClient;
import java.io.IOException;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Makes the calls of a run to the file system, catalog, brokers, registry and lock fail, one in each run, in each way. After the
 * next load, the tables have each record once.
 */
abstract class EveryFaultContract {
    /** 1 tries all calls, which takes minutes. */
    private static final String STRIDE = "tailrace.test.fault.stride";

    private static final int EVENTS = 4;
    private static final int LATE = 2;
    private static final long SEED = 5;
    private static final Configuration HADOOP = new Configuration();
    private static final LoadChoices ACCEPT_ERRORS = new LoadChoices(Plan.OnGap.FAIL, false, true);
    private static final Retries ONCE = new Retries(1, 1, ms -> {}, () -> 0);

    /** Returns a folder that no other test uses. */
    abstract Path root() throws IOException;

    /** The distance between the calls that fail, if the system property {@value #STRIDE} does not say. */
    abstract int stride();

    /** What the run does. */
    private enum Work {
        LOAD {
            @Override
            boolean run(TestLoader loader) {
                return loader.loadTopic(ONCE).isComplete();
            }
        },
        COMPACT {
            @Override
            boolean run(TestLoader loader) throws IOException {
                loader.compact(step -> {});
                return false;
            }
        },
        RETRY_ERRORS {
            @Override
            boolean run(TestLoader loader) throws IOException {
                loader.retryErrors(step -> {});
                return false;
            }
        },
        RELOAD {
            @Override
            boolean run(TestLoader loader) throws IOException {
                PathPartition hour = PathPartition.of(AccessLog.START.toEpochMilli());
                loader.reload(new ReloadRange.Hours(hour, hour), step -> {});
                return false;
            }
        };

        /** Returns whether everything is loaded and published now, as far as the run reports. */
        abstract boolean run(TestLoader loader) throws IOException;
    }

    @ParameterizedTest
    @EnumSource
    void loadIsExactAfterAnyFault(Fault fault) throws IOException {
        tryAllCalls(Work.LOAD, fault);
    }

    @ParameterizedTest
    @EnumSource
    void mergeIsExactAfterAnyFault(Fault fault) throws IOException {
        tryAllCalls(Work.COMPACT, fault);
    }

    @ParameterizedTest
    @EnumSource
    void retryOfErrorsIsExactAfterAnyFault(Fault fault) throws IOException {
        tryAllCalls(Work.RETRY_ERRORS, fault);
    }

    @ParameterizedTest
    @EnumSource
    void reloadIsExactAfterAnyFault(Fault fault) throws IOException {
        tryAllCalls(Work.RELOAD, fault);
    }

    private void tryAllCalls(Work work, Fault fault) throws IOException {
        int calls = callsAround(work, fault, 0);
        assertThat(calls).isGreaterThan(50);
        int stride = Integer.getInteger(STRIDE, stride());
        // Each fault starts at another call.
        int first = 1 + Math.floorMod(fault.name().hashCode(), Math.min(stride, calls));
        for (int call = first; call <= calls; call += stride) {
            callsAround(work, fault, call);
        }
    }

    /** Does the work with one fault, if {@code call} is not 0, and returns the number of calls that it made. */
    private int callsAround(Work work, Fault fault, int call) throws IOException {
        FakeCluster cluster = new FakeCluster().with(AccessLog.P0).with(AccessLog.P1);
        FakeCatalog catalog = new FakeCatalog();
        Path root = root();
        Store store = Stores.open(root, HADOOP, files -> files);
        try (TestLoader loader = new TestLoader(root, HADOOP, cluster, new FakeRegistry(), store).catalog(catalog)) {
            loadTwiceWithErrors(loader);
            AccessLog.append(cluster, loader.registry, EVENTS, SEED);
            FaultInjector faults = new FaultInjector(fault, call, loader::load);
            // Not closed: a process that has ended cannot close its file system.
            TestLoader faulty = new TestLoader(root, HADOOP, loader, faults).catalog(catalog);
            boolean complete = false;
            try {
                complete = work.run(faulty);
            } catch (IOException | RuntimeException | Crash e) {
                assertThat(call).as("no fault, but " + e).isPositive();
            }
            Outcome after = new Outcome(loader, catalog, fault + " at call " + call + ": " + faults.failed());
            if (complete) {
                after.assertExact(3 * EVENTS, LATE);
            }

            AccessLog.append(cluster, loader.registry, LATE, SEED);
            loader.load();
            after.assertPositions(3 * EVENTS + 2 * LATE);

            loader.retryErrors(step -> {});
            loader.compact(step -> {});
            after.assertExact(3 * EVENTS + 2 * LATE, 0);
            return faults.calls().size();
        }
    }

    /** Leaves two files in an hour to merge, and records in the error table that decode by now. */
    private static void loadTwiceWithErrors(TestLoader loader) throws IOException {
        for (int load = 0; load < 2; load++) {
            AccessLog.append(loader.cluster, loader.registry, EVENTS, SEED);
            loader.load();
        }
        long timeMs = AccessLog.START.toEpochMilli();
        GenericRecord event = AccessLog.event(AccessLog.GROWN, timeMs, 200);
        event.put("method", "PUT");
        for (int i = 0; i < LATE; i++) {
            loader.cluster.append(i == 0 ? AccessLog.P0 : AccessLog.P1, timeMs, AccessLog.value(2, event));
        }
        loader.load(ACCEPT_ERRORS);
        assertThat(loader.registry.register(SchemaRegistryClient.valueSubject(AccessLog.TOPIC), AccessLog.GROWN))
                .isEqualTo(2);
    }
}

package io.tailrace.loader.run;

import io.tailrace.loader.plan.Plan;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** A load that kills its own process at a step. Arguments: {@code ROOT STEP OCCURRENCE EVENTS}. */
final class KilledLoad {
    /** A step before the commit: data files are open. */
    static final String WHILE_WRITING = "WHILE_WRITING";

    private KilledLoad() {}

    public static void main(String[] args) throws IOException {
        String step = args[1];
        int[] left = {Integer.parseInt(args[2])};
        FakeCluster cluster = new FakeCluster().with(AccessLog.P0).with(AccessLog.P1);
        FakeRegistry registry = new FakeRegistry();
        AccessLog.append(cluster, registry, Integer.parseInt(args[3]), KillIT.SEED);
        try (TestLoader loader = new TestLoader(new Path(args[0]), new Configuration(), cluster, registry)) {
            loader.onLoaded(records -> {
                        if (step.equals(WHILE_WRITING)) {
                            killThisProcess();
                        }
                    })
                    .load(Plan.OnGap.FAIL, reached -> {
                        if (reached.name().equals(step) && --left[0] == 0) {
                            killThisProcess();
                        }
                    });
        }
    }

    private static void killThisProcess() {
        try {
            Process kill = new ProcessBuilder(
                            "kill", "-9", Long.toString(ProcessHandle.current().pid()))
                    .start();
            kill.waitFor(1, TimeUnit.MINUTES);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
        throw new IllegalStateException("this process survived kill -9");
    }
}

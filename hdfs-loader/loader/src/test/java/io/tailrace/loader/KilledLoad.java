package io.tailrace.loader;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** A process that loads, and that the operating system kills on the way: {@code ROOT STEP OCCURRENCE EVENTS}. */
final class KilledLoad {
    /** Stands for a step before all steps of the commit: files are open. */
    static final String WHILE_WRITING = "WHILE_WRITING";

    private KilledLoad() {}

    public static void main(String[] args) throws IOException {
        String step = args[1];
        int[] left = {Integer.parseInt(args[2])};
        FakeCluster cluster = new FakeCluster().with(AccessLog.P0).with(AccessLog.P1);
        FakeRegistry registry = new FakeRegistry();
        AccessLog.append(cluster, registry, Integer.parseInt(args[3]), KillIT.SEED);
        try (TestLoader loader = new TestLoader(new Path(args[0]), new Configuration(), cluster, registry)) {
            loader.whenLoaded(records -> {
                        if (step.equals(WHILE_WRITING)) {
                            killMyself();
                        }
                    })
                    .load(Plan.OnGap.FAIL, reached -> {
                        if (reached.name().equals(step) && --left[0] == 0) {
                            killMyself();
                        }
                    });
        }
    }

    private static void killMyself() {
        try {
            Process kill = new ProcessBuilder(
                            "kill", "-9", Long.toString(ProcessHandle.current().pid()))
                    .start();
            kill.waitFor(1, TimeUnit.MINUTES);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
        throw new IllegalStateException("kill -9 left this process alive");
    }
}

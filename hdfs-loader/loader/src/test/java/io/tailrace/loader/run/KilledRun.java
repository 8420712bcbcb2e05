package io.tailrace.loader.run;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** A process that kills itself at a step of its work. Arguments: {@code WORK ROOT STEP OCCURRENCE}. */
final class KilledRun {
    /** A step before the commit: data files are open. */
    static final String WHILE_WRITING = "WHILE_WRITING";

    private KilledRun() {}

    public static void main(String[] args) throws IOException {
        KillableWork work = KillableWork.valueOf(args[0]);
        String step = args[2];
        int[] left = {Integer.parseInt(args[3])};
        FakeCluster cluster = new FakeCluster().with(AccessLog.P0).with(AccessLog.P1);
        FakeRegistry registry = new FakeRegistry();
        work.fill(cluster, registry);
        try (TestLoader loader = new TestLoader(new Path(args[1]), new Configuration(), cluster, registry)) {
            work.prepare(loader);
            work.mend(registry);
            loader.onLoaded(records -> {
                if (step.equals(WHILE_WRITING)) {
                    killThisProcess();
                }
            });
            work.run(loader, reached -> {
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

package io.tailrace.testing;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Makes Awaitility wait up to {@link #WAIT_MAX} wherever a test states no other limit. JUnit finds the class by
 * {@code META-INF/services} and calls it once in each JVM, before the first test.
 */
public final class WaitLimit implements LauncherSessionListener {
    /**
     * How long a test waits for something that must happen. Only a test that fails waits this long, so it is far more than
     * a slow machine needs.
     */
    public static final Duration WAIT_MAX = Duration.ofMinutes(1);

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        Awaitility.setDefaultTimeout(WAIT_MAX);
    }
}

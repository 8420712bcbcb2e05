package io.tailrace.agent;

import com.sun.management.UnixOperatingSystemMXBean;
import io.tailrace.config.ConfigException;
import java.lang.management.ManagementFactory;

/** How many of the process's descriptors logs may take. */
final class DescriptorLimit {
    /** Few machines write more logs at the same time. */
    private static final int DEFAULT_MAX = 1_000;

    /** Below it, files would wait for descriptors that are reserved. */
    private static final int MIN = 8;

    /** For libraries, connections, the checkpoint and files that are opened for a moment. */
    private static final int OTHERS = 100;

    private DescriptorLimit() {}

    /** @param configured {@code files.open.max}: 0 for the default */
    static int filesOpenMax(int configured) {
        return filesOpenMax(configured, ofProcess());
    }

    /**
     * How many logs may be open at a time.
     *
     * @param limit how many descriptors the process may have
     * @throws ConfigException if the configured value is not possible
     */
    static int filesOpenMax(int configured, long limit) {
        if (configured == 0) {
            return (int) Math.max(MIN, Math.min((limit - OTHERS) / 2, DEFAULT_MAX));
        }
        if (configured < MIN || configured > limit - OTHERS) {
            throw new ConfigException("files.open.max=" + configured + ": expected " + MIN + " to " + (limit - OTHERS)
                    + ", which leaves " + OTHERS + " of the " + limit + " descriptors that the process may have"
                    + " (ulimit -n, LimitNOFILE)");
        }
        return configured;
    }

    private static long ofProcess() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : DEFAULT_MAX;
    }
}

package io.tailrace.systemtests.conformance.driver;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An application that logs each line of its standard input. The logging library is chosen by the classpath. */
public final class LineLogger {
    private static final Logger LOG = LoggerFactory.getLogger(LineLogger.class);

    private LineLogger() {}

    /** Logs at level INFO until standard input ends. */
    public static void main(String[] arguments) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        String line;
        while ((line = in.readLine()) != null) {
            LOG.info("{}", line);
        }
    }
}

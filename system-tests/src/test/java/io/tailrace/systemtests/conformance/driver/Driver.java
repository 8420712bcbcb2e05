package io.tailrace.systemtests.conformance.driver;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;

/**
 * A process with one version of Kafka's client. It runs every check and prints a line for each: the operation, a tab, and the
 * outcome, which is {@value #FAILED} if the check failed; the reason is on standard error. The first line is the version.
 */
public final class Driver {
    /** Outcome of an operation that did not do what it should. */
    public static final String FAILED = "FAILED";
    /** Outcome of an operation that this version does not have. */
    public static final String ABSENT = "—";

    private Driver() {}

    /**
     * Runs all checks.
     *
     * @param arguments addresses of a cluster of two brokers
     */
    public static void main(String[] arguments) throws IOException {
        Clients clients = new Clients(arguments[0]);
        String version = version();
        PrintStream out = new PrintStream(System.out, true, UTF_8);
        out.println(version);
        for (Check check : checks(clients)) {
            out.println(check.operation() + "\t" + (check.isIn(version) ? outcome(check) : ABSENT));
        }
    }

    private static List<Check> checks(Clients clients) {
        List<Check> checks = new ArrayList<>();
        checks.addAll(new TopicChecks(clients).all());
        checks.addAll(new ClusterChecks(clients).all());
        checks.addAll(new ProducerChecks(clients).all());
        checks.addAll(new ConsumerChecks(clients).all());
        checks.addAll(new GroupChecks(clients).all());
        checks.addAll(new OffsetChecks(clients).all());
        checks.addAll(new TransactionChecks(clients).all());
        checks.addAll(new NewerChecks(clients).all());
        checks.addAll(new RefusalChecks(clients).all());
        return checks;
    }

    private static String outcome(Check check) {
        try {
            check.body().run();
            return check.outcome();
        } catch (Exception | AssertionError | LinkageError e) {
            System.err.println("---- " + check.operation());
            e.printStackTrace();
            return FAILED;
        }
    }

    private static String version() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = KafkaProducer.class.getResourceAsStream("/kafka/kafka-version.properties")) {
            properties.load(Objects.requireNonNull(in));
        }
        return properties.getProperty("version");
    }
}

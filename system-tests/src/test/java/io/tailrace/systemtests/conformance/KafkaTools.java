package io.tailrace.systemtests.conformance;

import io.tailrace.systemtests.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Kafka's command-line tools, each run in a separate process.
 *
 * @param bootstrapServers called for each run, since a cluster has no addresses before it starts
 */
record KafkaTools(Supplier<String> bootstrapServers) {
    static final String VERSION = "4.3.1";
    static final String CONFIGS = "kafka.admin.ConfigCommand";
    static final String SERVERS = "SERVERS";
    private static final String PACKAGE = "org.apache.kafka.tools.";

    /** Runs a tool with {@code --bootstrap-server} and more arguments, and returns the lines of its output. */
    List<String> lines(String mainClass, String... arguments) throws Exception {
        return run("", mainClass, arguments).lines();
    }

    /** Runs a tool with {@code --bootstrap-server}, more arguments and a text as its standard input. */
    Command run(String input, String mainClass, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--bootstrap-server", SERVERS));
        return Command.run(input, Map.of(), commandLine(mainClass, all));
    }

    /**
     * A tool's command line.
     *
     * @param mainClass in the package of tools unless the name has a package
     * @param arguments {@link #SERVERS} among them stands for the addresses of the brokers
     */
    List<String> commandLine(String mainClass, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(mainClass.startsWith("kafka.") ? mainClass : PACKAGE + mainClass);
        for (String argument : arguments) {
            command.add(argument.equals(SERVERS) ? bootstrapServers.get() : argument);
        }
        return ClientJars.java(List.of(), "kafka-tools", command.toArray(String[]::new));
    }
}

package io.tailrace.cli;

import io.tailrace.client.ClusterAdmin;
import io.tailrace.client.ClusterDescription;
import io.tailrace.client.LogDirectoryDescription;
import io.tailrace.config.ConfigException;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;

/**
 * Moves of replicas between the log directories of their brokers.
 *
 * @param byBroker for each broker, the absolute path of the directory for each replica
 */
record DirectoryMoves(Map<Integer, Map<TopicPartition, String>> byBroker) {
    /**
     * The log directories of each broker.
     *
     * @param source where the ids come from, as an error names it
     * @throws ConfigException if a broker is not up
     */
    static Map<Integer, List<LogDirectoryDescription>> directories(
            ClusterAdmin admin, String source, Set<Integer> brokers) {
        Set<Integer> up = new TreeSet<>();
        for (ClusterDescription.Node node : admin.cluster().nodes()) {
            up.add(node.id());
        }
        Map<Integer, List<LogDirectoryDescription>> directories = new TreeMap<>();
        for (int broker : brokers.isEmpty() ? up : brokers) {
            if (!up.contains(broker)) {
                throw new ConfigException(source + ": broker " + broker + " is not up; expected some of " + up);
            }
            directories.put(broker, admin.logDirectories(broker));
        }
        return directories;
    }

    /**
     * Checks that each directory exists and works.
     *
     * @throws ConfigException if not, naming the directory and those of the broker
     */
    void check(ClusterAdmin admin, String source) {
        if (byBroker.isEmpty()) {
            return;
        }
        directories(admin, source, byBroker.keySet()).forEach((broker, directories) -> {
            for (String path :
                    new TreeSet<>(byBroker.getOrDefault(broker, Map.of()).values())) {
                check(source, broker, directories, path);
            }
        });
    }

    private static void check(String source, int broker, List<LogDirectoryDescription> directories, String path) {
        LogDirectoryDescription found = directories.stream()
                .filter(directory -> directory.path().equals(path))
                .findFirst()
                .orElseThrow(() -> new ConfigException("%s: broker %d has no log directory %s; expected one of %s"
                        .formatted(
                                source,
                                broker,
                                path,
                                directories.stream()
                                        .map(LogDirectoryDescription::path)
                                        .toList())));
        if (!found.online()) {
            throw new ConfigException(
                    "%s: log directory %s of broker %d has failed: choose another one, or repair its disk and restart the broker"
                            .formatted(source, path, broker));
        }
    }

    /**
     * Begins the moves.
     *
     * @param isNew whether a partition's replica on a broker will be created later: then the broker remembers the directory
     * @return a line for each replica that does not move
     */
    List<String> begin(ClusterAdmin admin, BiPredicate<TopicPartition, Integer> isNew) {
        List<String> failures = new ArrayList<>();
        byBroker.forEach(
                (broker, directories) -> admin.moveReplicas(broker, directories).forEach((partition, outcome) -> {
                    boolean isRemembered = outcome == ErrorCode.REPLICA_NOT_AVAILABLE && isNew.test(partition, broker);
                    if (outcome != ErrorCode.NONE && !isRemembered) {
                        failures.add("%s on broker %d does not move to %s: %s"
                                .formatted(partition, broker, directories.get(partition), outcome));
                    }
                }));
        return failures;
    }
}

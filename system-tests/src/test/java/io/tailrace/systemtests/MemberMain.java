package io.tailrace.systemtests;

import io.tailrace.client.ClientException;
import io.tailrace.client.RebalanceListener;
import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.common.errors.IllegalGenerationException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.StaleMemberEpochException;
import org.apache.kafka.common.errors.UnknownMemberIdException;

/**
 * A process that is a member of two groups, one of the consumer protocol and one of the classic protocol, and writes what it is given
 * to a {@link MemberLog}. SIGTERM and the end of its standard input make it leave, so that it does not outlive the test; any failure
 * ends it with exit code 1.
 *
 * <p>Arguments: bootstrap servers, topic, log file, {@code java} or {@code tailrace} for the consumers, and {@code automatic} or
 * {@code manual} for the commits.
 */
final class MemberMain {
    /** The group of the consumer protocol. */
    static final String CONSUMER_GROUP = "consumer-readers";

    /** The group of the classic protocol. */
    static final String CLASSIC_GROUP = "classic-readers";

    /** Both groups. */
    static final List<String> GROUPS = List.of(CONSUMER_GROUP, CLASSIC_GROUP);

    private static final Duration POLL = Duration.ofMillis(200);

    private final String topic;
    private final boolean isJava;
    private final boolean commitsByItself;
    private final MemberLog log;
    private volatile boolean closed;

    private MemberMain(String topic, boolean isJava, boolean commitsByItself, MemberLog log) {
        this.topic = topic;
        this.isJava = isJava;
        this.commitsByItself = commitsByItself;
        this.log = log;
    }

    public static void main(String[] arguments) throws IOException {
        MemberMain main = new MemberMain(
                arguments[1],
                arguments[3].equals("java"),
                arguments[4].equals("automatic"),
                new MemberLog(Path.of(arguments[2])));
        main.run(Map.of(
                "bootstrap.servers", arguments[0],
                "auto.offset.reset", "earliest",
                "enable.auto.commit", String.valueOf(main.commitsByItself),
                "auto.commit.interval.ms", "500",
                "max.poll.interval.ms", "30000",
                "request.timeout.ms", "10000"));
    }

    private void run(Map<String, String> settings) throws IOException {
        List<Thread> threads = new ArrayList<>();
        for (String group : GROUPS) {
            Map<String, String> ofGroup = new HashMap<>(settings);
            ofGroup.put("group.id", group);
            if (isJava) {
                ofGroup.put("default.api.timeout.ms", "15000");
            }
            if (group.equals(CONSUMER_GROUP)) {
                ofGroup.put("group.protocol", "consumer");
            } else {
                ofGroup.put("group.protocol", "classic");
                ofGroup.put("session.timeout.ms", "8000");
                ofGroup.put("heartbeat.interval.ms", "2000");
            }
            Thread thread = new Thread(() -> run(group, ofGroup), group);
            thread.setDaemon(true);
            threads.add(thread);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> leave(threads)));
        threads.forEach(Thread::start);
        while (System.in.read() >= 0) {
            // The test writes nothing.
        }
    }

    private void leave(List<Thread> threads) {
        closed = true;
        threads.forEach(MemberMain::join);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(String group, Map<String, String> settings) {
        Stretches stretches = new Stretches();
        try (GroupReceiver receiver = isJava ? GroupReceiver.ofJava(settings) : GroupReceiver.ofTailrace(settings)) {
            receiver.subscribe(topic, stretches);
            while (!closed) {
                List<Receiver.Received> records = poll(group, receiver);
                int generation = receiver.generation();
                log.write(records.stream()
                        .map(record -> new MemberLog.Delivery(
                                group, generation, stretches.counts.getOrDefault(record.partition(), 0), record))
                        .toList());
                if (!commitsByItself && !records.isEmpty()) {
                    commit(group, receiver, records);
                }
            }
        } catch (Throwable e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    /** Java's consumer throws if the group removes it while it asks for committed offsets. The next poll joins again. */
    private static List<Receiver.Received> poll(String group, GroupReceiver receiver) {
        try {
            return receiver.poll(POLL);
        } catch (UnknownMemberIdException | StaleMemberEpochException e) {
            System.out.println(group + " was removed: " + e);
            return List.of();
        }
    }

    /** A member that the group has removed cannot commit, nor one whose coordinator is away. These records are read again. */
    private static void commit(String group, GroupReceiver receiver, List<Receiver.Received> records) {
        Map<TopicPartition, Long> ends = new HashMap<>();
        records.forEach(record -> ends.put(record.partition(), record.offset() + 1));
        try {
            receiver.commit(ends);
        } catch (RetriableException
                | CommitFailedException
                | IllegalGenerationException
                | RebalanceInProgressException
                | StaleMemberEpochException
                | UnknownMemberIdException
                | ClientException e) {
            System.out.println(group + " could not commit " + ends + ": " + e);
        }
    }

    /** Counts the assignments of each partition. */
    private static final class Stretches implements RebalanceListener {
        private final Map<TopicPartition, Integer> counts = new HashMap<>();

        @Override
        public void assigned(Set<TopicPartition> partitions) {
            partitions.forEach(partition -> counts.merge(partition, 1, Integer::sum));
        }
    }
}

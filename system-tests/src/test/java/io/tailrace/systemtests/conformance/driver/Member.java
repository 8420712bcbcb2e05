package io.tailrace.systemtests.conformance.driver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** A consumer in a group, and the values that it has read. One thread polls all members in turn. */
final class Member implements AutoCloseable {
    final KafkaConsumer<String, String> consumer;
    final List<String> values = new ArrayList<>();

    /** A consumer that is not subscribed yet. */
    Member(Clients clients, String group, String... settings) {
        List<String> all = new ArrayList<>(List.of("group.id", group));
        if (!Arrays.asList(settings).contains("consumer")) {
            all.addAll(List.of("session.timeout.ms", "30000", "heartbeat.interval.ms", "200"));
        }
        all.addAll(List.of(settings));
        consumer = clients.consumer(all.toArray(String[]::new));
    }

    Member subscribed(String topic) {
        consumer.subscribe(List.of(topic));
        return this;
    }

    Set<TopicPartition> partitions() {
        return consumer.assignment();
    }

    private void poll() {
        consumer.poll(Clients.POLL).forEach(record -> values.add(record.value()));
    }

    /** Polls the members in turn until a condition holds. */
    static void pollUntil(String what, Callable<Boolean> condition, Member... members) throws Exception {
        Clients.until(what, () -> {
            for (Member member : members) {
                member.poll();
            }
            return condition.call();
        });
    }

    /** Polls until the members share this many partitions evenly. */
    static void pollUntilShared(int partitions, Member... members) throws Exception {
        pollUntil(
                partitions + " partitions shared by " + members.length + " members",
                () -> {
                    Set<TopicPartition> all = new HashSet<>();
                    boolean even = true;
                    for (Member member : members) {
                        all.addAll(member.partitions());
                        even &= member.partitions().size() == partitions / members.length;
                    }
                    return even && all.size() == partitions;
                },
                members);
    }

    /** Polls until the members have read this many records. */
    static void pollUntilRead(int count, Member... members) throws Exception {
        pollUntil(count + " records", () -> read(members).size() >= count, members);
    }

    /** What all members have read. */
    static List<String> read(Member... members) {
        return Arrays.stream(members).flatMap(member -> member.values.stream()).toList();
    }

    @Override
    public void close() {
        consumer.close();
    }
}

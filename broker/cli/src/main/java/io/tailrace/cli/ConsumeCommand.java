package io.tailrace.cli;

import io.tailrace.client.Admin;
import io.tailrace.client.ClientException;
import io.tailrace.client.Consumer;
import io.tailrace.client.ConsumerConfig;
import io.tailrace.client.ConsumerRecord;
import io.tailrace.client.GroupConsumer;
import io.tailrace.client.OffsetReset;
import io.tailrace.client.TopicDescription;
import io.tailrace.config.ConfigException;
import io.tailrace.process.CommandRunner;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tailrace consume}. */
@Command(
        name = "consume",
        description = {
            "Prints the records of a topic, as values or as JSON.",
            "Starts at the end, unless --from-beginning, --offset or --group says otherwise.",
            "With --group it joins the group and shares the partitions with its other members, unless --partition or --offset"
                    + " is given: then it reads what it is told and only commits offsets."
        })
final class ConsumeCommand implements Callable<Integer> {
    private static final Duration POLL = Duration.ofMillis(200);

    /** The group has gone on without this member, which the next poll makes one again. */
    private static final Set<ErrorCode> MEMBERSHIP_LOST = EnumSet.of(
            ErrorCode.UNKNOWN_MEMBER_ID,
            ErrorCode.ILLEGAL_GENERATION,
            ErrorCode.STALE_MEMBER_EPOCH,
            ErrorCode.FENCED_MEMBER_EPOCH,
            ErrorCode.REBALANCE_IN_PROGRESS);

    private final Clients clients;
    private final Function<URI, ValueDecoder> decoders;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private final BootstrapOptions bootstrap = new BootstrapOptions();

    @Option(names = "--topic", paramLabel = "TOPIC", required = true, description = "Name of the topic.")
    private String topic = "";

    @Option(
            names = "--partition",
            paramLabel = "N",
            description = "Reads this partition only. Default: all partitions.")
    private Optional<Integer> partition = Optional.empty();

    @ArgGroup
    private final Start start = new Start();

    @Option(names = "--max-messages", paramLabel = "N", description = "Stops after this many records.")
    private long recordsMax = Long.MAX_VALUE;

    @Option(
            names = "--to-end",
            description = "Stops at the end of the topic as of now, instead of waiting for more records.")
    private boolean toEnd;

    @Option(
            names = "--group",
            paramLabel = "GROUP",
            description =
                    "Reads as a member of this group, from its committed offsets, and commits those of printed records.")
    private Optional<String> group = Optional.empty();

    @Option(names = "--json", description = "Prints each record as a JSON object on one line.")
    private boolean json;

    @Option(
            names = "--schema-registry",
            paramLabel = "URL",
            description = {
                "Decodes Avro values with the schemas of this registry, such as http://localhost:8081.",
                "A value that cannot be decoded is reported on standard error with its partition and offset, and the exit code"
                        + " is 1. With --json the record is printed with the reason in valueError."
            })
    private Optional<URI> registry = Optional.empty();

    @Option(
            names = "--isolation-level",
            paramLabel = "LEVEL",
            description =
                    "read_uncommitted or read_committed: prints records of committed transactions only, up to the first open one."
                            + " Default: read_uncommitted.")
    private Optional<String> isolation = Optional.empty();

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Consumer setting, such as fetch.max.bytes=1048576. May be repeated.")
    private final Map<String, String> settings = new LinkedHashMap<>();

    ConsumeCommand(Clients clients, Function<URI, ValueDecoder> decoders) {
        this.clients = clients;
        this.decoders = decoders;
    }

    /** Where to start. Default: the group's committed offsets, or else the end. */
    private static final class Start {
        @Option(
                names = "--from-beginning",
                description = "Starts at the first record, unless the group has committed offsets.")
        private boolean fromBeginning;

        @Option(names = "--offset", paramLabel = "N", description = "Starts at this offset.")
        private Optional<Long> offset = Optional.empty();
    }

    /** Values that were not decoded. */
    private long faults;

    @Override
    public Integer call() {
        BootstrapOptions.requireAtLeast(0, "--offset", start.offset.orElse(0L));
        BootstrapOptions.requireAtLeast(0, "--max-messages", recordsMax);
        ConsumerConfig config = BootstrapOptions.checked(() -> {
            ConsumerConfig.Builder builder = ConsumerConfig.builder(bootstrap.servers());
            builder.offsetReset(start.fromBeginning ? OffsetReset.EARLIEST : OffsetReset.LATEST);
            settings.forEach(builder::set);
            group.ifPresent(builder::group);
            isolation.ifPresent(level -> builder.set("isolation.level", level));
            return builder.build();
        });
        List<TopicPartition> partitions;
        Map<TopicPartition, Long> ends;
        try (Admin admin = clients.admin(bootstrap.clientConfig())) {
            partitions = partitions(admin);
            ends = toEnd ? admin.latestOffsets(partitions, config.isolation()) : Map.of();
        }
        try (GroupConsumer consumer = clients.consumer(config)) {
            if (subscribes()) {
                consumer.subscribe(List.of(topic));
            } else {
                consumer.assign(partitions);
                start.offset.ifPresent(offset -> partitions.forEach(each -> consumer.seek(each, offset)));
            }
            print(consumer, ends);
        }
        return faults == 0 ? CommandLine.ExitCode.OK : CommandRunner.FAILURE;
    }

    private List<TopicPartition> partitions(Admin admin) {
        TopicDescription description =
                admin.describe(Set.of(topic)).values().iterator().next();
        if (partition.isPresent()) {
            int last = description.partitions().size() - 1;
            if (partition.get() < 0 || partition.get() > last) {
                throw new ConfigException(
                        "--partition " + partition.get() + ": topic " + topic + " has partitions 0 to " + last);
            }
            return List.of(new TopicPartition(topic, partition.get()));
        }
        return description.partitions().stream()
                .map(each -> new TopicPartition(topic, each.partition()))
                .toList();
    }

    private void print(Consumer consumer, Map<TopicPartition, Long> ends) {
        PrintWriter out = spec.commandLine().getOut();
        RecordText text = new RecordText(registry.map(decoders));
        long printed = 0;
        while (printed < recordsMax && !(toEnd && reached(consumer, ends))) {
            Map<TopicPartition, Long> next = new HashMap<>();
            for (ConsumerRecord record : consumer.poll(POLL)) {
                boolean afterEnd = record.offset() >= ends.getOrDefault(record.topicPartition(), Long.MAX_VALUE);
                if (afterEnd || printed == recordsMax) {
                    continue;
                }
                print(out, record, json ? text.json(record) : text.value(record));
                next.put(record.topicPartition(), record.offset() + 1);
                printed++;
            }
            if (out.checkError()) {
                // The reader of the output has exited, like head does. Records that were not printed are not committed.
                return;
            }
            if (group.isPresent() && !next.isEmpty()) {
                commit(consumer, next);
            }
        }
    }

    private void print(PrintWriter out, ConsumerRecord record, RecordText.Line line) {
        line.text().ifPresent(out::println);
        line.fault().ifPresent(reason -> {
            faults++;
            warn("value not decoded: " + record.topicPartition() + " offset " + record.offset() + ": " + reason);
        });
    }

    private void warn(String message) {
        spec.commandLine().getErr().println(spec.qualifiedName() + ": " + message);
    }

    private void commit(Consumer consumer, Map<TopicPartition, Long> offsets) {
        try {
            consumer.commit(offsets);
        } catch (ClientException e) {
            boolean isLost = subscribes() && MEMBERSHIP_LOST.contains(e.errorCode());
            if (!isLost && !e.retriable()) {
                throw e;
            }
            warn("offsets were not committed, so that these records may be printed again: " + e.getMessage());
        }
    }

    /** Whether the group assigns the partitions. */
    private boolean subscribes() {
        return group.isPresent() && partition.isEmpty() && start.offset.isEmpty();
    }

    /** What other members of the group read is at its end when they have committed it. */
    private boolean reached(Consumer consumer, Map<TopicPartition, Long> ends) {
        Set<TopicPartition> assigned = consumer.assignment();
        Set<TopicPartition> others = new HashSet<>();
        for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
            if (!assigned.contains(end.getKey())) {
                others.add(end.getKey());
            } else if (consumer.position(end.getKey()) < end.getValue()) {
                return false;
            }
        }
        if (others.isEmpty()) {
            return true;
        }
        // So that the other members see that this one is at its ends.
        Map<TopicPartition, Long> own = new HashMap<>();
        assigned.forEach(partition -> own.put(partition, consumer.position(partition)));
        commit(consumer, own);
        Map<TopicPartition, Long> committed = consumer.committed(others);
        return others.stream().allMatch(each -> committed.getOrDefault(each, 0L) >= ends.getOrDefault(each, 0L));
    }
}

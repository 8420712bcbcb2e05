package io.tailrace.cli;

import io.tailrace.client.Producer;
import io.tailrace.client.ProducerConfig;
import io.tailrace.client.ProducerRecord;
import io.tailrace.client.RecordMetadata;
import io.tailrace.client.TransactionalProducer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tailrace produce}. */
@Command(
        name = "produce",
        description = {
            "Sends each line of standard input as a record, and waits until all are acknowledged.",
            "With --transactional-id, all lines are one transaction: if the command fails, none of them is committed."
        })
final class ProduceCommand implements Runnable {
    /** Bounds the memory that a long input takes. */
    private static final int UNACKNOWLEDGED_MAX = 10_000;

    private final Clients clients;
    private final InputStream in;

    @Mixin
    private final BootstrapOptions bootstrap = new BootstrapOptions();

    @Option(names = "--topic", paramLabel = "TOPIC", required = true, description = "Name of the topic.")
    private String topic = "";

    @Option(
            names = "--key-separator",
            paramLabel = "TEXT",
            description = "Separates key and value in a line. Without it, records have no key.")
    private Optional<String> keySeparator = Optional.empty();

    @Option(
            names = "--transactional-id",
            paramLabel = "ID",
            description = "Sends the lines in one transaction of this id. A producer that uses the id is fenced.")
    private Optional<String> transactionalId = Optional.empty();

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Producer setting, such as acks=1 or compression.type=zstd. May be repeated.")
    private final Map<String, String> settings = new LinkedHashMap<>();

    ProduceCommand(Clients clients) {
        this(clients, System.in);
    }

    ProduceCommand(Clients clients, InputStream in) {
        this.clients = clients;
        this.in = in;
    }

    @Override
    public void run() {
        ProducerConfig config = BootstrapOptions.checked(() -> {
            ProducerConfig.Builder builder = ProducerConfig.builder(bootstrap.servers());
            settings.forEach(builder::set);
            transactionalId.ifPresent(builder::transactionalId);
            return builder.build();
        });
        if (config.transactionalId().isPresent()) {
            try (TransactionalProducer producer = clients.transactionalProducer(config)) {
                producer.initTransactions().join();
                producer.begin();
                send(producer);
                producer.commit().join();
            }
        } else {
            try (Producer producer = clients.producer(config)) {
                send(producer);
            }
        }
    }

    private void send(Producer producer) {
        ArrayDeque<CompletableFuture<RecordMetadata>> unacknowledged = new ArrayDeque<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                unacknowledged.add(producer.send(record(line)));
                // Checked at each line, so that a failure does not wait for the end of the input.
                while (!unacknowledged.isEmpty()
                        && (unacknowledged.element().isDone() || unacknowledged.size() == UNACKNOWLEDGED_MAX)) {
                    unacknowledged.remove().join();
                }
            }
            unacknowledged.forEach(CompletableFuture::join);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read standard input", e);
        }
    }

    private ProducerRecord record(String line) {
        if (keySeparator.isEmpty()) {
            return ProducerRecord.of(topic, null, bytes(line));
        }
        int separator = line.indexOf(keySeparator.get());
        if (separator < 0) {
            throw new IllegalArgumentException(
                    "--key-separator \"" + keySeparator.get() + "\": not found in line: " + line);
        }
        String value = line.substring(separator + keySeparator.get().length());
        return ProducerRecord.of(topic, bytes(line.substring(0, separator)), bytes(value));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

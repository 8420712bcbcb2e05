package io.tailrace.client;

import static io.tailrace.client.BuilderKeys.check;

import io.tailrace.protocol.record.CompressionType;
import io.tailrace.protocol.record.RecordBatchBuilder;
import java.util.Map;
import java.util.Optional;

/**
 * How a {@link Producer} batches, sends and retries. Immutable; checked on construction.
 *
 * @param client how brokers are reached
 * @param acks which replicas' acknowledgement a send waits for ({@code acks})
 * @param idempotent whether brokers drop duplicates of retries ({@code enable.idempotence})
 * @param lingerMs how long a batch waits for more records ({@code linger.ms})
 * @param batchBytesMax size at which a batch is sent without waiting ({@code batch.size})
 * @param bufferBytesMax memory of all unacknowledged records ({@code buffer.memory})
 * @param requestBytesMax largest record and largest request ({@code max.request.size})
 * @param compression codec of new batches ({@code compression.type})
 * @param inFlightMax unanswered requests to one broker, at most 5 if idempotent
 *     ({@code max.in.flight.requests.per.connection})
 * @param deliveryTimeoutMs time from send to acknowledgement or failure, retries included
 *     ({@code delivery.timeout.ms}); {@link #NO_DELIVERY_TIMEOUT} to retry for as long as it takes
 * @param blockMsMax how long a send may wait for memory or for its topic's partitions ({@code max.block.ms})
 * @param transactionalId the name under which a {@link TransactionalProducer} fences its predecessor; empty for another
 *     producer ({@code transactional.id})
 * @param transactionTimeoutMs how long a transaction may take before the coordinator aborts it ({@code transaction.timeout.ms})
 */
public record ProducerConfig(
        ClientConfig client,
        Acks acks,
        boolean idempotent,
        int lingerMs,
        int batchBytesMax,
        long bufferBytesMax,
        int requestBytesMax,
        CompressionType compression,
        int inFlightMax,
        int deliveryTimeoutMs,
        int blockMsMax,
        Optional<String> transactionalId,
        int transactionTimeoutMs) {
    /** A record is retried until it is acknowledged, refused, or the producer is closed. */
    public static final int NO_DELIVERY_TIMEOUT = Integer.MAX_VALUE;

    private static final BuilderKeys<Builder> KEYS = new BuilderKeys<Builder>()
            .including(ClientConfig.KEYS, builder -> builder.client)
            .text("acks", (builder, value) -> builder.acks(Acks.parse(value)))
            .text("enable.idempotence", (builder, value) -> builder.idempotent(BuilderKeys.parseBoolean(value)))
            .number("linger.ms", Builder::lingerMs)
            .number("batch.size", Builder::batchBytesMax)
            .text("buffer.memory", (builder, value) -> builder.bufferBytesMax(Long.parseLong(value)))
            .number("max.request.size", Builder::requestBytesMax)
            .text("compression.type", (builder, value) -> builder.compression(CompressionType.ofConfigName(value)))
            .number("max.in.flight.requests.per.connection", Builder::inFlightMax)
            .number("delivery.timeout.ms", Builder::deliveryTimeoutMs)
            .number("max.block.ms", Builder::blockMsMax)
            .text("transactional.id", Builder::transactionalId)
            .number("transaction.timeout.ms", Builder::transactionTimeoutMs);

    public ProducerConfig {
        check(lingerMs >= 0, "linger.ms", lingerMs, "0 or more");
        check(batchBytesMax > 0, "batch.size", batchBytesMax, "1 or more");
        check(requestBytesMax >= 1024, "max.request.size", requestBytesMax, "1024 or more");
        check(
                bufferBytesMax >= 1024 && bufferBytesMax <= Integer.MAX_VALUE,
                "buffer.memory",
                bufferBytesMax,
                "1024 to " + Integer.MAX_VALUE);
        check(
                inFlightMax >= 1 && (!idempotent || inFlightMax <= 5),
                "max.in.flight.requests.per.connection",
                inFlightMax,
                idempotent ? "1 to 5, since enable.idempotence=true" : "1 or more");
        check(!idempotent || acks == Acks.ALL, "acks", acks, "all, since enable.idempotence=true");
        check(
                deliveryTimeoutMs >= (long) lingerMs + client.requestTimeoutMs(),
                "delivery.timeout.ms",
                deliveryTimeoutMs,
                "linger.ms + request.timeout.ms or more");
        check(blockMsMax >= 0, "max.block.ms", blockMsMax, "0 or more");
        check(transactionalId.isEmpty() || !transactionalId.get().isEmpty(), "transactional.id", "", "a name");
        check(
                idempotent || transactionalId.isEmpty(),
                "enable.idempotence",
                idempotent,
                "true, since there is a transactional.id");
        check(transactionTimeoutMs > 0, "transaction.timeout.ms", transactionTimeoutMs, "1 or more");
    }

    /** Defaults for the brokers at {@code host:port[,host:port...]}. */
    public static ProducerConfig of(String bootstrapServers) {
        return builder(bootstrapServers).build();
    }

    /** Reads configuration keys, including those of {@link ClientConfig}; an unknown key is refused by name. */
    public static ProducerConfig parse(Map<String, String> properties) {
        return KEYS.apply(new Builder(), properties).build();
    }

    /** A builder with the defaults. */
    public static Builder builder(String bootstrapServers) {
        Builder builder = new Builder();
        builder.client.bootstrapServers(bootstrapServers);
        return builder;
    }

    /** A builder of one batch of up to this many bytes, as the batches of this producer are. */
    RecordBatchBuilder batchBuilder(int bytesMax) {
        RecordBatchBuilder batch = new RecordBatchBuilder(compression, bytesMax);
        if (transactionalId.isPresent()) {
            batch.transactional();
        }
        return batch;
    }

    /** Collects settings; {@link #build} checks them. */
    public static final class Builder {
        private final ClientConfig.Builder client = ClientConfig.builder();
        private Acks acks = Acks.ALL;
        private boolean idempotent = true;
        private int lingerMs = 5;
        private int batchBytesMax = 64 << 10;
        private long bufferBytesMax = 32L << 20;
        private int requestBytesMax = 1 << 20;
        private CompressionType compression = CompressionType.NONE;
        private int inFlightMax = 5;
        private int deliveryTimeoutMs = 120_000;
        private int blockMsMax = 60_000;
        private Optional<String> transactionalId = Optional.empty();
        private int transactionTimeoutMs = 60_000;

        private Builder() {}

        /** The builder of the settings that all clients share. */
        public ClientConfig.Builder client() {
            return client;
        }

        /** Sets one configuration key, as {@link ProducerConfig#parse} does. */
        public Builder set(String key, String value) {
            KEYS.apply(this, key, value);
            return this;
        }

        public Builder acks(Acks value) {
            acks = value;
            return this;
        }

        public Builder idempotent(boolean value) {
            idempotent = value;
            return this;
        }

        public Builder lingerMs(int ms) {
            lingerMs = ms;
            return this;
        }

        public Builder batchBytesMax(int bytes) {
            batchBytesMax = bytes;
            return this;
        }

        public Builder bufferBytesMax(long bytes) {
            bufferBytesMax = bytes;
            return this;
        }

        public Builder requestBytesMax(int bytes) {
            requestBytesMax = bytes;
            return this;
        }

        public Builder compression(CompressionType codec) {
            compression = codec;
            return this;
        }

        public Builder inFlightMax(int requests) {
            inFlightMax = requests;
            return this;
        }

        public Builder deliveryTimeoutMs(int ms) {
            deliveryTimeoutMs = ms;
            return this;
        }

        public Builder blockMsMax(int ms) {
            blockMsMax = ms;
            return this;
        }

        public Builder transactionalId(String id) {
            transactionalId = Optional.of(id);
            return this;
        }

        public Builder transactionTimeoutMs(int ms) {
            transactionTimeoutMs = ms;
            return this;
        }

        public ProducerConfig build() {
            return new ProducerConfig(
                    client.build(),
                    acks,
                    idempotent,
                    lingerMs,
                    batchBytesMax,
                    bufferBytesMax,
                    requestBytesMax,
                    compression,
                    inFlightMax,
                    deliveryTimeoutMs,
                    blockMsMax,
                    transactionalId,
                    transactionTimeoutMs);
        }
    }
}

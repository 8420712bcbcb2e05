package io.tailrace.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.RecordsPayload;
import java.lang.reflect.RecordComponent;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/**
 * Compares our message with Apache Kafka's, field by field and by name: a comparison of bytes does not notice two
 * fields of the same type in the wrong order.
 */
final class FieldComparison {
    /** Kafka's names of fields that have shorter names here, by record and component. */
    private static final Map<String, String> THEIR_NAMES = Map.ofEntries(
            Map.entry("ProduceRequest.topics", "topicData"),
            Map.entry("ProduceRequest.Topic.partitions", "partitionData"),
            Map.entry("ProduceResponse.topics", "responses"),
            Map.entry("ProduceResponse.Topic.partitions", "partitionResponses"),
            Map.entry("ProduceResponse.RecordError.message", "batchIndexErrorMessage"),
            Map.entry("FetchRequest.forgottenTopics", "forgottenTopicsData"),
            Map.entry("FetchResponse.topics", "responses"),
            Map.entry("AddPartitionsToTxnRequest.transactionalId", "v3AndBelowTransactionalId"),
            Map.entry("AddPartitionsToTxnRequest.producerId", "v3AndBelowProducerId"),
            Map.entry("AddPartitionsToTxnRequest.producerEpoch", "v3AndBelowProducerEpoch"),
            Map.entry("AddPartitionsToTxnRequest.topics", "v3AndBelowTopics"),
            Map.entry("AddPartitionsToTxnResponse.resultsByTopic", "resultsByTopicV3AndBelow"));

    /** Fields that Kafka does not have in these versions; it must preserve their tags. */
    private static final Set<String> OURS_ALONE =
            Set.of("FetchRequest.replicaEpoch", "TransactionLogValue.lastProducerEpoch");

    private FieldComparison() {}

    static void assertSame(Record ours, Object theirs) {
        for (RecordComponent component : ours.getClass().getRecordComponents()) {
            String name =
                    ours.getClass().getName().replaceFirst(".*\\.", "").replace('$', '.') + "." + component.getName();
            if (OURS_ALONE.contains(name)) {
                continue;
            }
            String theirName = THEIR_NAMES.getOrDefault(name, component.getName());
            try {
                assertSame(
                        name,
                        component.getAccessor().invoke(ours),
                        theirs.getClass().getMethod(theirName).invoke(theirs));
            } catch (ReflectiveOperationException e) {
                throw new LinkageError(name + " is not a field of " + theirs.getClass(), e);
            }
        }
    }

    private static void assertSame(String name, @Nullable Object ours, @Nullable Object theirs) {
        if (ours instanceof Record record && theirs != null && !(ours instanceof RecordsPayload)) {
            assertSame(record, theirs);
        } else if (ours instanceof List<?> list && theirs instanceof Collection<?> collection) {
            assertThat(list).as(name).hasSameSizeAs(collection);
            Iterator<?> other = collection.iterator();
            for (Object each : list) {
                assertSame(name, each, other.next());
            }
        } else {
            assertThat(plain(ours)).as(name).isEqualTo(plain(theirs));
        }
    }

    private static @Nullable Object plain(@Nullable Object value) {
        if (value instanceof ErrorCode code) {
            return code.number();
        } else if (value instanceof Uuid uuid) {
            return new UUID(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
        } else if (value instanceof RecordsPayload records) {
            return records.buffer();
        } else if (value instanceof MemoryRecords records) {
            return records.buffer();
        } else if (value instanceof byte[] bytes) {
            return Bytes.copyOf(ByteBuffer.wrap(bytes));
        } else if (value instanceof ByteBuffer buffer) {
            return Bytes.copyOf(buffer);
        }
        return value;
    }
}

package io.tailrace.server;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.RecordsPayload;
import io.tailrace.protocol.codec.Requests;
import io.tailrace.protocol.message.ApiVersionsRequest;
import io.tailrace.protocol.message.ConsumerGroupDescribeRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.CreatePartitionsRequest;
import io.tailrace.protocol.message.CreateTopicsRequest;
import io.tailrace.protocol.message.DeleteGroupsRequest;
import io.tailrace.protocol.message.DeleteTopicsRequest;
import io.tailrace.protocol.message.DescribeClusterRequest;
import io.tailrace.protocol.message.DescribeConfigsRequest;
import io.tailrace.protocol.message.DescribeLogDirsRequest;
import io.tailrace.protocol.message.DescribeTopicPartitionsRequest;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FindCoordinatorRequest;
import io.tailrace.protocol.message.InitProducerIdRequest;
import io.tailrace.protocol.message.ListGroupsRequest;
import io.tailrace.protocol.message.ListOffsetsRequest;
import io.tailrace.protocol.message.ListPartitionReassignmentsRequest;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetDeleteRequest;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.protocol.message.OffsetForLeaderEpochRequest;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.Request;
import io.tailrace.protocol.record.CompressionType;
import io.tailrace.protocol.record.RecordBatchBuilder;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Frames that no honest client sends: noise, and valid requests with changed bytes, false counts, or a missing end. */
final class HostileFrames {
    private static final int[] FALSE_NUMBERS = {
        -1, 0, 1, 127, 0x7fff, 0xffff, 0x7fffffff, 0x7ffffff0, 0x80000000, 100 << 20
    };

    private final Random random;
    private final List<byte[]> valid = new ArrayList<>();

    /** @param topic an existing topic, so that requests get past the first check */
    HostileFrames(long seed, String topic) {
        this.random = new Random(seed);
        for (Request<?> request : requests(topic)) {
            ApiKey api = request.api();
            for (short version = api.advertised().min();
                    version <= api.advertised().max();
                    version++) {
                valid.add(encoded(request, version));
            }
        }
    }

    /** The next frame with its size prefix, which may be false, too. */
    byte[] next() {
        int kind = random.nextInt(20);
        if (kind == 0) {
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            return noise;
        }
        byte[] frame = valid.get(random.nextInt(valid.size())).clone();
        if (kind == 1) {
            return frame;
        }
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            frame = changed(frame);
        }
        if (kind != 2) {
            ByteBuffer.wrap(frame).putInt(0, frame.length - 4);
        }
        return frame;
    }

    private byte[] changed(byte[] frame) {
        // Mostly behind the header, so that most requests pass the first checks.
        int at = 4 + (random.nextInt(8) == 0 ? 0 : 8) + random.nextInt(Math.max(1, frame.length - 20));
        switch (random.nextInt(6)) {
            case 0 -> frame[at % frame.length] = (byte) random.nextInt();
            case 1 -> frame[at % frame.length] ^= (byte) (1 << random.nextInt(8));
            case 2 -> {
                if (at + 4 <= frame.length) {
                    ByteBuffer.wrap(frame).putInt(at, FALSE_NUMBERS[random.nextInt(FALSE_NUMBERS.length)]);
                }
            }
            case 3 -> {
                if (at + 2 <= frame.length) {
                    ByteBuffer.wrap(frame).putShort(at, (short) FALSE_NUMBERS[random.nextInt(FALSE_NUMBERS.length)]);
                }
            }
            case 4 -> {
                return Arrays.copyOf(frame, Math.max(12, at));
            }
            default -> {
                // The greatest varint.
                for (int i = at; i < Math.min(frame.length, at + 4); i++) {
                    frame[i] = (byte) 0xff;
                }
            }
        }
        return frame;
    }

    private static byte[] encoded(Request<?> request, short version) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (ByteBuffer part : Requests.encode(request, version, 7, "hostile").buffers()) {
            byte[] copy = new byte[part.remaining()];
            part.get(copy);
            bytes.writeBytes(copy);
        }
        return bytes.toByteArray();
    }

    private static List<Request<?>> requests(String topic) {
        return List.of(
                produce(topic, CompressionType.NONE),
                produce(topic, CompressionType.GZIP),
                produce(topic, CompressionType.SNAPPY),
                produce(topic, CompressionType.LZ4),
                produce(topic, CompressionType.ZSTD),
                new FetchRequest(
                        -1,
                        10,
                        1,
                        1 << 20,
                        List.of(new FetchRequest.Topic(
                                topic, List.of(new FetchRequest.Partition(0, -1, 0, -1, -1, 1 << 20))))),
                new ListOffsetsRequest(
                        -1,
                        (byte) 0,
                        List.of(new ListOffsetsRequest.Topic(
                                topic, List.of(new ListOffsetsRequest.Partition(0, -1, 1000))))),
                new MetadataRequest(List.of(new MetadataRequest.Topic(topic)), true, false, false),
                new OffsetCommitRequest(
                        "group",
                        List.of(new OffsetCommitRequest.Topic(
                                topic, List.of(new OffsetCommitRequest.Partition(0, 5, -1, "note"))))),
                new OffsetFetchRequest(
                        "group",
                        List.of(new OffsetFetchRequest.Topic(topic, List.of(0))),
                        List.of(new OffsetFetchRequest.Group(
                                "group", List.of(new OffsetFetchRequest.Topic(topic, List.of(0))))),
                        false),
                new OffsetDeleteRequest(
                        "group",
                        List.of(new OffsetDeleteRequest.Topic(topic, List.of(new OffsetDeleteRequest.Partition(0))))),
                new ConsumerGroupHeartbeatRequest(
                        "members",
                        "member",
                        0,
                        "instance",
                        "rack",
                        1000,
                        List.of(topic),
                        "hostile-.*",
                        "range",
                        List.of(new ConsumerGroupHeartbeatRequest.TopicPartitions(new UUID(0, 1), List.of(0)))),
                new ConsumerGroupDescribeRequest(List.of("members"), true),
                new ListGroupsRequest(List.of("Empty"), List.of()),
                new DeleteGroupsRequest(List.of("group")),
                new FindCoordinatorRequest("group", (byte) 0, List.of("group")),
                new ApiVersionsRequest("hostile", "1"),
                new CreateTopicsRequest(
                        List.of(new CreateTopicsRequest.Topic(
                                "made",
                                1,
                                (short) 1,
                                List.of(),
                                List.of(new CreateTopicsRequest.Config("retention.ms", "1000")))),
                        10,
                        true),
                new DeleteTopicsRequest(
                        List.of(new DeleteTopicsRequest.Topic("made", new UUID(0, 0))), List.of("made"), 10),
                new InitProducerIdRequest(null, 1000, -1, (short) -1),
                new DescribeConfigsRequest(
                        List.of(new DescribeConfigsRequest.Resource((byte) 2, topic, List.of("retention.ms"))),
                        true,
                        true),
                new CreatePartitionsRequest(List.of(new CreatePartitionsRequest.Topic("made", 2, null)), 10, true),
                new DescribeClusterRequest(false),
                new DescribeLogDirsRequest(List.of(new DescribeLogDirsRequest.Topic(topic, List.of(0)))),
                new OffsetForLeaderEpochRequest(
                        -1,
                        List.of(new OffsetForLeaderEpochRequest.Topic(
                                topic, List.of(new OffsetForLeaderEpochRequest.Partition(0, -1, 0))))),
                new ListPartitionReassignmentsRequest(
                        10, List.of(new ListPartitionReassignmentsRequest.Topic(topic, List.of(0)))),
                new DescribeTopicPartitionsRequest(
                        List.of(new DescribeTopicPartitionsRequest.Topic(topic)),
                        10,
                        new DescribeTopicPartitionsRequest.Cursor(topic, 0)));
    }

    private static ProduceRequest produce(String topic, CompressionType compression) {
        RecordBatchBuilder batch = new RecordBatchBuilder(compression, 1 << 16);
        for (int i = 0; i < 10; i++) {
            batch.append(1000, null, ("value " + i).getBytes(StandardCharsets.UTF_8), List.of());
        }
        ProduceRequest.Partition partition = new ProduceRequest.Partition(0, RecordsPayload.of(batch.build()));
        return new ProduceRequest(null, (short) 1, 1000, List.of(new ProduceRequest.Topic(topic, List.of(partition))));
    }
}

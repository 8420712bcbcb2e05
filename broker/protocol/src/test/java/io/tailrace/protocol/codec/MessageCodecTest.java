package io.tailrace.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.RecordsPayload;
import io.tailrace.protocol.message.ApiVersionsResponse;
import io.tailrace.protocol.message.Default;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.InitProducerIdRequest;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataResponse;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.Tagged;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MessageCodecTest {

    @Test
    void encodesTheResponseToAnUnknownVersionOfApiVersionsInVersion0() {
        ApiVersionsResponse response = new ApiVersionsResponse(
                ErrorCode.UNSUPPORTED_VERSION, List.of(new ApiVersionsResponse.Api((short) 18, (short) 0, (short) 3)));

        // size, correlation id, error 35, one API: 18, 0 to 3
        assertThat(hex(Responses.encode(response, (short) 0, 7)))
                .isEqualTo("00000010" + "00000007" + "0023" + "00000001" + "0012" + "0000" + "0003");
    }

    @Test
    void omitsTaggedFieldsFromTheHeaderOfApiVersionsResponses() {
        ApiVersionsResponse response = new ApiVersionsResponse(ErrorCode.NONE, List.of());

        // size, correlation id, no error, no APIs, no throttling, no tagged fields
        assertThat(hex(Responses.encode(response, (short) 3, 7)))
                .isEqualTo("0000000c" + "00000007" + "0000" + "01" + "00000000" + "00");
    }

    @Test
    void skipsUnknownTaggedFields() {
        // InitProducerId v2, id 9, client "c", header tag 5 of two bytes, no transactional id, timeout 1, body tag 3
        ByteBuffer frame =
                frame("0016" + "0002" + "00000009" + "000163" + "010502aabb" + "00" + "00000001" + "010301ff");

        Requests.Received request = Requests.decode(frame);

        assertThat(request.header()).isEqualTo(new RequestHeader(ApiKey.INIT_PRODUCER_ID, (short) 2, 9, "c"));
        assertThat(request.body()).isEqualTo(new InitProducerIdRequest(null, 1, -1, (short) -1));
    }

    @Test
    void refusesATaggedFieldOfTheWrongLength() {
        // Fetch v12 without topics, then cluster id (tag 0) of two bytes in three
        String fetch = "0001" + "000c" + "00000009" + "ffff" + "00" + "ffffffff" + "00000000" + "00000001" + "00000001"
                + "00" + "00000000" + "ffffffff" + "01" + "01" + "01";

        assertThatThrownBy(() -> Requests.decode(frame(fetch + "0100" + "03" + "026100")))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("clusterId: expected the end of a tagged field, found 1 more bytes");
        assertThat(Requests.decode(frame(fetch + "0100" + "02" + "0261")).body())
                .isEqualTo(new FetchRequest(-1, 0, 1, 1, (byte) 0, 0, -1, List.of(), List.of(), "", "a"));
    }

    @Test
    void omitsFieldsOfOtherVersionsAndReadsTheirDefaults() {
        FetchRequest.Partition partition = new FetchRequest.Partition(3, 7, 100, 6, 50, 1_000);
        FetchRequest request = new FetchRequest(
                2,
                500,
                1,
                2_000,
                (byte) 1,
                11,
                12,
                List.of(new FetchRequest.Topic("t", List.of(partition))),
                List.of(),
                "rack",
                "cluster");

        FetchRequest read = (FetchRequest) new Kind(ApiKey.FETCH, true, (short) 4)
                .decode(new Kind(ApiKey.FETCH, true, (short) 4).encode(request, 1, null));

        FetchRequest.Partition reduced = new FetchRequest.Partition(3, -1, 100, -1, -1, 1_000);
        assertThat(read)
                .isEqualTo(new FetchRequest(
                        2,
                        500,
                        1,
                        2_000,
                        (byte) 1,
                        0,
                        -1,
                        List.of(new FetchRequest.Topic("t", List.of(reduced))),
                        List.of(),
                        "",
                        null));
    }

    @Test
    void namesTheFieldAndTheByteOfAnError() {
        Kind kind = new Kind(ApiKey.PRODUCE, true, (short) 3);
        ProduceRequest request = new ProduceRequest(
                null,
                (short) -1,
                30_000,
                List.of(new ProduceRequest.Topic("t", List.of(new ProduceRequest.Partition(5, records(1, 2, 3))))));
        ByteBuffer frame = kind.encode(request, 1, "c");

        assertThatThrownBy(() -> Requests.decode(frame.slice(0, frame.limit() - 1)))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("PRODUCE v3 request.topics[0].partitions[0].records: "
                        + "expected 3 bytes, found 2, at byte 38");
    }

    @Test
    void refusesAnImpossibleCountBeforeAllocating() {
        // Metadata v1 with two billion topics
        assertThatThrownBy(() -> Requests.decode(frame("0003" + "0001" + "00000009" + "ffff" + "7fffffff")))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("count 2147483647 needs at least 4294967294 bytes, found 0");
    }

    @Test
    void refusesUnservedApisAndVersions() {
        assertThatThrownBy(() -> Requests.decode(frame("03e7" + "0000" + "00000009" + "ffff")))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("unknown API 999");
        assertThatThrownBy(() -> Requests.decode(frame("0001" + "0003" + "00000009" + "ffff")))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("version of FETCH: expected 4-18, found 3");
        assertThat(RequestStart.of(frame("03e7" + "0063" + "00000009")))
                .isEqualTo(new RequestStart((short) 999, (short) 99, 9));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Requests.encode(new MetadataRequest(null, true, false, false), (short) 13, 1, null))
                .withMessage("version of METADATA: expected 0-12, found 13");
    }

    @Test
    void refusesToEncodeWhatAVersionCannotExpress() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Requests.encode(new MetadataRequest(null, true, false, false), (short) 0, 1, null))
                .withMessage("MetadataRequest.topics: expected a value in this version, found null");
        MetadataRequest longName =
                new MetadataRequest(List.of(new MetadataRequest.Topic("x".repeat(40_000))), true, false, false);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Requests.encode(longName, (short) 9, 1, null))
                .withMessageContaining("Topic.name: length of string: expected at most 32767 bytes, found 40000");
    }

    @Test
    void decodesRecordsAsASliceOfTheFrame() {
        Kind kind = new Kind(ApiKey.PRODUCE, true, (short) 9);
        ProduceRequest request = new ProduceRequest(
                null,
                (short) 1,
                0,
                List.of(new ProduceRequest.Topic("t", List.of(new ProduceRequest.Partition(0, records(1, 2, 3))))));
        ByteBuffer frame = kind.encode(request, 1, null);
        ProduceRequest read = (ProduceRequest) kind.decode(frame);
        RecordsPayload records = read.topics().get(0).partitions().get(0).records();

        frame.put(frame.limit() - 5, (byte) 9); // after it: the third byte, and three empty sections of tagged fields

        assertThat(records).isEqualTo(records(1, 9, 3));
    }

    @Test
    void passesRecordsToTheSinkWithoutCopying() {
        RecordsPayload inFile = new RecordsInFile(1_000_000);
        FetchResponse response = new FetchResponse(List.of(new FetchResponse.Topic(
                "t",
                List.of(
                        FetchResponse.Partition.read(0, 10, 0, inFile),
                        FetchResponse.Partition.read(1, 10, 0, records()),
                        FetchResponse.Partition.refused(2, ErrorCode.OFFSET_OUT_OF_RANGE)))));
        EncodedMessage encoded = Responses.encode(response, (short) 12, 1);
        List<Object> parts = new ArrayList<>();

        encoded.writeTo(new EncodedMessage.Sink() {
            @Override
            public void bytes(ByteBuffer bytes) {
                parts.add(bytes.remaining());
            }

            @Override
            public void records(RecordsPayload records) {
                parts.add(records);
            }
        });

        assertThat(parts).hasSize(3).element(1).isSameAs(inFile);
        assertThat(encoded.sizeInBytes()).isEqualTo((int) parts.get(0) + 1_000_000 + (int) parts.get(2));
        assertThatThrownBy(encoded::buffers).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void sendsEmptyRecordsInsteadOfNull() {
        FetchResponse.Partition nothing = FetchResponse.Partition.read(0, 10, 0, null);
        FetchResponse.Partition refused = FetchResponse.Partition.refused(0, ErrorCode.OFFSET_OUT_OF_RANGE);

        assertThat(List.of(nothing, refused))
                .allSatisfy(partition -> assertThat(partition.records()).isEqualTo(RecordsPayload.EMPTY));
    }

    @Test
    void refusesToEncodeAMessageLargerThanAFrame() {
        FetchResponse.Partition huge =
                FetchResponse.Partition.read(0, 10, 0, new RecordsInFile(Integer.MAX_VALUE - 10));
        FetchResponse response = new FetchResponse(List.of(new FetchResponse.Topic("t", List.of(huge))));

        assertThatThrownBy(() -> Responses.encode(response, (short) 12, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("expected at most 2147483647 bytes");
    }

    @Test
    void encodesALargeMessage() {
        Kind kind = new Kind(ApiKey.METADATA, false, (short) 12);
        List<MetadataResponse.Partition> partitions = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            partitions.add(new MetadataResponse.Partition(
                    ErrorCode.NONE, i, 1, 5, List.of(1, 2, 3), List.of(1, 2, 3), List.of()));
        }
        MetadataResponse response = new MetadataResponse(
                0, List.of(), "c", 1, List.of(new MetadataResponse.Topic(ErrorCode.NONE, "t", false, partitions)), -1);

        MetadataResponse read = (MetadataResponse) kind.decode(kind.encode(response, 1, null));

        assertThat(read.topics()).isEqualTo(response.topics());
    }

    @Test
    void encodesBytesDoublesAndNullableStructs() {
        StructType layout = new StructCompiler((short) 0, true).compile(Exotic.class);
        Exotic full = new Exotic(
                Bytes.copyOf(ByteBuffer.wrap(new byte[] {1, 2})), 1.5, new Exotic.Inner("x"), List.of(2.5), -2.0);
        Exotic empty = new Exotic(null, Double.NaN, null, List.of(), 0.25);

        // two bytes, 1.5, present: "x" and no tags, one double, one tag: 0 of 8 bytes, -2.0
        assertThat(written(layout, full))
                .isEqualTo("030102" + "3ff8000000000000" + "01" + "0278" + "00" + "02" + "4004000000000000" + "01"
                        + "0008" + "c000000000000000");
        assertThat(written(layout, empty)).isEqualTo("00" + "7ff8000000000000" + "ff" + "01" + "00");
        assertThat(layout.readObject(new MessageReader(frame(written(layout, full)))))
                .isEqualTo(full);
        assertThat(layout.readObject(new MessageReader(frame(written(layout, empty)))))
                .isEqualTo(empty);
    }

    @Test
    void constantsForNoneEqualTheDefaults() {
        assertThat(RecordShape.of(FetchResponse.EpochEndOffset.class).defaults())
                .isEqualTo(FetchResponse.EpochEndOffset.NONE);
        assertThat(RecordShape.of(FetchResponse.LeaderIdAndEpoch.class).defaults())
                .isEqualTo(FetchResponse.LeaderIdAndEpoch.NONE);
        assertThat(RecordShape.of(FetchResponse.SnapshotId.class).defaults()).isEqualTo(FetchResponse.SnapshotId.NONE);
        assertThat(RecordShape.of(FetchRequest.ReplicaState.class).defaults())
                .isEqualTo(FetchRequest.ReplicaState.CONSUMER);
    }

    /** Types that no message uses yet. */
    public record Exotic(
            @Nullable Bytes bytes,
            double number,
            @Nullable Inner inner,
            List<Double> numbers,
            @Tagged(0) @Default("0.25") double tagged) {
        public record Inner(String name) {}
    }

    /** Records that are not in memory. */
    private record RecordsInFile(int sizeInBytes) implements RecordsPayload {
        @Override
        public ByteBuffer buffer() {
            throw new IllegalStateException("in a file");
        }
    }

    private static RecordsPayload records(int... bytes) {
        ByteBuffer buffer = ByteBuffer.allocate(bytes.length);
        for (int each : bytes) {
            buffer.put((byte) each);
        }
        return RecordsPayload.of(buffer.flip());
    }

    private static ByteBuffer frame(String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex));
    }

    private static String hex(EncodedMessage encoded) {
        return HexFormat.of().formatHex(Kind.joined(encoded).array());
    }

    private static String written(StructType layout, Record record) {
        MessageWriter out = new MessageWriter();
        out.int32(0);
        layout.writeObject(record, out);
        return hex(out.finish()).substring(8);
    }
}

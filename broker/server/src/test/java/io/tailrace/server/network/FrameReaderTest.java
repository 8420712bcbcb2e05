package io.tailrace.server.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
    private static final int MIB = 1024 * 1024;
    private static final short PRODUCE = 0;
    private static final short FETCH = 1;
    private static final short METADATA = 3;

    private static final NetworkLimits LIMITS = new NetworkLimits(8 * MIB, MIB, 10, MIB, 1000, 1000);

    private final List<String> exhausted = new ArrayList<>();
    private final NetworkMemory memory = memory(16 * MIB);
    private final AtomicInteger memoryCalls = new AtomicInteger();
    private final FrameReader reader = reader(memory);

    private NetworkMemory memory(int produceBytesMax) {
        return NetworkMemory.of(
                new SocketServer.Settings(1, 1, 1, produceBytesMax, 1, LIMITS), budget -> exhausted.add(budget.name()));
    }

    private FrameReader reader(NetworkMemory from) {
        return new FrameReader(LIMITS, from, UnpooledByteBufAllocator.DEFAULT, memoryCalls::incrementAndGet);
    }

    @AfterEach
    void releasesEverything() {
        reader.close();
        assertThat(memory.byPurpose().values()).allMatch(budget -> budget.usedBytes() == 0);
    }

    @Test
    void cutsFramesWhereverTheyAreSplit() throws Exception {
        ByteBuf stream = Unpooled.buffer();
        List<Integer> sizes = List.of(8, 9, 40_000, 8, 100_000, 17);
        for (int size : sizes) {
            stream.writeBytes(frame(PRODUCE, size));
        }
        for (int step : new int[] {1, 3, 4, 5, 1000, 32 * 1024, 65_536, stream.readableBytes()}) {
            FrameReader each = reader(memory);
            List<Integer> found = new ArrayList<>();
            for (int at = 0; at < stream.readableBytes(); at += step) {
                each.feed(stream.copy(at, Math.min(step, stream.readableBytes() - at)));
                for (ByteBuf frame = each.next(); frame != null; frame = each.next()) {
                    found.add(frame.readableBytes());
                    assertThat(frame.getByte(frame.writerIndex() - 1)).isEqualTo((byte) frame.readableBytes());
                    each.done(frame);
                }
            }
            assertThat(found).as("in steps of %s", step).isEqualTo(sizes);
            each.close();
        }
    }

    @Test
    void falseSizeCostsOnlyWhatArrives() throws Exception {
        reader.feed(Unpooled.buffer().writeInt(8 * MIB).writeShort(PRODUCE).writeBytes(new byte[100]));
        assertThat(reader.next()).isNull();
        assertThat(memory.produceRequests().bytes().usedBytes()).isZero();

        reader.feed(Unpooled.buffer().writeZero(FrameReader.SMALL_BYTES));
        assertThat(reader.next()).isNull();
        assertThat(memory.produceRequests().bytes().usedBytes()).isEqualTo(32 * 1024);
    }

    @Test
    void heldBytesAreCounted() throws Exception {
        reader.feed(frame(PRODUCE, 100).copy(0, 50));
        assertThat(reader.next()).isNull();
        reader.count();
        assertThat(memory.received().usedBytes())
                .as("a buffer of the frame's size")
                .isEqualTo(100);

        reader.feed(Unpooled.buffer(1000, 1000).writeZero(54).writeBytes(frame(PRODUCE, 200)));
        handleNext(reader);
        reader.count();
        assertThat(memory.received().usedBytes())
                .as("bytes that are not cut into frames yet")
                .isEqualTo(1000);

        handleNext(reader);
        assertThat(reader.next()).isNull();
        reader.count();
        assertThat(memory.received().usedBytes()).isZero();
    }

    @Test
    void smallRequestsAndFetchesNeverWaitForWhatProducersSend() throws Exception {
        NetworkMemory little = memory(32 * 1024);
        FrameReader slow = reader(little);
        slow.feed(frame(PRODUCE, 30_000).copy(0, 20_000));
        assertThat(slow.next()).isNull();
        FrameReader producer = reader(little);
        producer.feed(frame(PRODUCE, 64 * 1024).copy(0, 60_000));
        assertThat(producer.next()).isNull();
        assertThat(producer.waitsForMemory()).isTrue();
        assertThat(exhausted).singleElement().asString().contains("queued.max.request.bytes");
        assertThat(little.produceRequests().bytes().exhaustions()).isEqualTo(1);

        for (ByteBuf frame : List.of(frame(PRODUCE, 100), frame(METADATA, 100), frame(FETCH, 200_000))) {
            FrameReader other = reader(little);
            int half = frame.readableBytes() / 2;
            other.feed(frame.copy(0, half));
            assertThat(other.next()).isNull();
            other.feed(frame.copy(half, frame.readableBytes() - half));
            handleNext(other);
            other.close();
        }
        slow.close();
        producer.close();
        assertThat(little.byPurpose().values()).allMatch(budget -> budget.usedBytes() == 0);
    }

    @Test
    void bufferStartsAsLargeAsWhatWasDeliveredBefore() throws Exception {
        reader.feed(frame(PRODUCE, MIB).copy(0, MIB));
        assertThat(reader.next()).isNull();
        reader.feed(frame(PRODUCE, MIB).copy(MIB, 4));
        handleNext(reader);
        reader.feed(frame(PRODUCE, 2 * MIB).copy(0, 10));

        assertThat(reader.next()).isNull();
        reader.feed(frame(PRODUCE, 2 * MIB).copy(10, FrameReader.SMALL_BYTES));
        assertThat(reader.next()).isNull();
        assertThat(memory.produceRequests().bytes().usedBytes()).isEqualTo(MIB);
    }

    @Test
    void refusesSizesOutOfBounds() {
        for (int size : new int[] {-1, 0, 7, 8 * MIB + 1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            FrameReader each = reader(memory);
            each.feed(Unpooled.buffer().writeInt(size));
            assertThatThrownBy(each::next)
                    .isInstanceOf(BadFrameException.class)
                    .hasMessageContaining("frame of " + size)
                    .hasMessageContaining("socket.request.max.bytes");
            each.close();
        }
    }

    @Test
    void namesTheProtocolThatThePeerSeemsToSpeak() {
        reader.feed(Unpooled.copiedBuffer("GET / HTTP/1.1\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));

        assertThatThrownBy(reader::next).hasMessageContaining("HTTP");
    }

    @Test
    void onlyProduceMayBeLarge() throws Exception {
        FrameReader inOnePiece = reader(memory);
        inOnePiece.feed(frame(METADATA, MIB + 1));
        assertThatThrownBy(inOnePiece::next).hasMessageContaining("any request but Produce");
        inOnePiece.close();

        reader.feed(frame(METADATA, MIB + 1).copy(0, 64 * 1024));
        assertThatThrownBy(reader::next)
                .as("found out before the frame is complete")
                .hasMessageContaining("any request but Produce");
    }

    @Test
    void continuesOnceMemoryIsReleased() throws Exception {
        NetworkMemory little = memory(40 * 1024);
        FrameReader first = reader(little);
        FrameReader second = reader(little);
        first.feed(frame(PRODUCE, 32 * 1024).copy(0, 20_000));
        assertThat(first.next()).isNull();
        assertThat(first.waitsForMemory()).isFalse();

        second.feed(frame(PRODUCE, 30_000).copy(0, 20_000));
        assertThat(second.next()).isNull();
        assertThat(second.waitsForMemory()).isTrue();
        assertThat(second.isReceiving()).as("the peer is not to blame").isFalse();

        first.feed(frame(PRODUCE, 32 * 1024).copy(20_000, 32 * 1024 + 4 - 20_000));
        handleNext(first);
        assertThat(memoryCalls).hasValue(1);
        assertThat(second.next()).isNull();
        assertThat(second.waitsForMemory()).isFalse();
        second.feed(frame(PRODUCE, 30_000).copy(20_000, 10_004));
        handleNext(second);
        assertThat(little.produceRequests().bytes().usedBytes()).isZero();
    }

    @Test
    void framesThatWaitForEachOthersMemoryAllArrive() throws Exception {
        NetworkMemory little = memory(127 * 1024);
        List<FrameReader> readers = List.of(reader(little), reader(little));
        ByteBuf frame = frame(PRODUCE, 100 * 1024);
        for (FrameReader each : readers) {
            each.feed(frame.copy(0, 60 * 1024));
            ByteBuf unused = each.next();
        }
        assertThat(readers.get(1).waitsForMemory())
                .as("the first one may still arrive")
                .isTrue();
        assertThat(readers.get(1).isReceiving()).as("the peer is not to blame").isFalse();
        for (FrameReader each : readers) {
            each.feed(frame.copy(60 * 1024, frame.readableBytes() - 60 * 1024));
        }
        assertThat(readers.get(1).next()).isNull();

        handleNext(readers.get(0));
        assertThat(memoryCalls).hasValue(1);
        handleNext(readers.get(1));
        assertThat(little.produceRequests().bytes().usedBytes()).isZero();
    }

    private static void handleNext(FrameReader from) throws BadFrameException {
        from.done(Objects.requireNonNull(from.next(), "no whole frame"));
    }

    private static ByteBuf frame(short key, int size) {
        ByteBuf frame = Unpooled.buffer(4 + size).writeInt(size).writeShort(key).writeZero(size - 3);
        return frame.writeByte(size);
    }
}

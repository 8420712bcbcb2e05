package io.tailrace.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.tailrace.protocol.message.OffsetFetchRequest;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Invalid frames are refused with {@link MalformedMessageException}, and allocate in proportion to their size. */
class HostileBytesTest {
    private static final int FRAMES = 150_000;

    /** The worst case is a list of strings of one character: two bytes on the wire, fifty in memory. */
    private static final int ALLOCATED_BYTES_PER_BYTE_MAX = 32;

    private static final int ALLOCATED_BYTES_BASE_MAX = 16 << 10;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);

    /** A valid frame. */
    private record Sample(Kind kind, byte[] frame) {}

    @Test
    void refusesInvalidFramesWithBoundedAllocation() {
        List<Sample> samples = samples();
        int refused = 0;
        int understood = 0;
        for (int i = 0; i < FRAMES; i++) {
            Sample sample = samples.get(random.nextInt(samples.size()));
            byte[] bytes = random.nextInt(4) == 0 ? noise(sample.kind) : mutated(sample.frame);
            if (decodes(sample.kind, bytes)) {
                understood++;
            } else {
                refused++;
            }
        }
        assertThat(refused).as("refused, seed %d", seed).isGreaterThan(FRAMES / 10);
        assertThat(understood).as("understood, seed %d", seed).isGreaterThan(FRAMES / 10);
    }

    /** Each element is one or two bytes, but a hundred as an object. */
    @Test
    void refusesTooManyElements() {
        List<Integer> most = Collections.nCopies(MessageReader.ELEMENTS_MAX - 1, 0);
        List<Integer> tooMany = Collections.nCopies(MessageReader.ELEMENTS_MAX, 0);
        assertThat(Requests.decode(offsetFetch(most)).body()).isInstanceOf(OffsetFetchRequest.class);
        assertThatThrownBy(() -> Requests.decode(offsetFetch(tooMany)))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("elements of all lists: expected at most 1000000");
    }

    private static ByteBuffer offsetFetch(List<Integer> partitions) {
        OffsetFetchRequest request =
                new OffsetFetchRequest("g", List.of(new OffsetFetchRequest.Topic("t", partitions)), List.of(), false);
        return Requests.encode(request, (short) 1, 0, null)
                .buffers()[0]
                .position(Integer.BYTES)
                .slice();
    }

    private boolean decodes(Kind kind, byte[] bytes) {
        ByteBuffer frame = frame(bytes);
        long allowed = ALLOCATED_BYTES_BASE_MAX + (long) ALLOCATED_BYTES_PER_BYTE_MAX * bytes.length;
        long before = threads.getCurrentThreadAllocatedBytes();
        boolean understood = decodes(kind, frame, bytes);
        if (threads.getCurrentThreadAllocatedBytes() - before > allowed) {
            // The first run also allocates for linking; the second measures the frame alone.
            before = threads.getCurrentThreadAllocatedBytes();
            decodes(kind, frame, bytes);
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertThat(allocated).as("allocated for %s", complaint(kind, bytes)).isLessThanOrEqualTo(allowed);
        }
        return understood;
    }

    private boolean decodes(Kind kind, ByteBuffer frame, byte[] bytes) {
        try {
            kind.decode(frame);
            return true;
        } catch (MalformedMessageException e) {
            return false;
        } catch (RuntimeException | Error e) {
            throw new AssertionError(complaint(kind, bytes), e);
        }
    }

    private String complaint(Kind kind, byte[] bytes) {
        return kind + ", seed " + seed + ", frame " + HexFormat.of().formatHex(bytes);
    }

    /** Wraps bytes in a heap buffer with an offset, or in a direct buffer. */
    private ByteBuffer frame(byte[] bytes) {
        if (random.nextInt(8) == 0) {
            return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        }
        int offset = random.nextInt(5);
        return ByteBuffer.allocate(offset + bytes.length + 3).put(offset, bytes).slice(offset, bytes.length);
    }

    /** Valid frames of every message. Builds every layout, so that decoding does not have to. */
    private List<Sample> samples() {
        List<Sample> samples = new ArrayList<>();
        for (Kind kind : Kind.all()) {
            for (int i = 0; i < 20; i++) {
                Record message = new RandomMessages(random, kind.version()).message(kind.type());
                ByteBuffer frame = kind.encode(message, random.nextInt(), "client");
                kind.decode(frame);
                byte[] bytes = new byte[frame.remaining()];
                frame.get(bytes);
                samples.add(new Sample(kind, bytes));
            }
        }
        return samples;
    }

    /** Random bytes after the start of a served request, or of any response. */
    private byte[] noise(Kind kind) {
        byte[] bytes = new byte[8 + random.nextInt(random.nextInt(20) == 0 ? 5_000 : 100)];
        random.nextBytes(bytes);
        if (random.nextBoolean()) {
            for (int i = 8; i < bytes.length; i++) {
                bytes[i] &= 3;
            }
        }
        if (kind.request()) {
            ByteBuffer.wrap(bytes).putShort(kind.api().number()).putShort((short)
                    (kind.version() + (random.nextInt(10) == 0 ? random.nextInt(9) - 4 : 0)));
        }
        return bytes;
    }

    private byte[] mutated(byte[] right) {
        byte[] bytes = right.clone();
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt();
                case 2 -> writeWrongLength(bytes, at);
                case 3 -> bytes = Arrays.copyOf(bytes, at + 1);
                case 4 -> bytes = Arrays.copyOf(bytes, bytes.length + random.nextInt(64));
                default -> System.arraycopy(bytes, at, bytes, at / 2, (bytes.length - at) / 2);
            }
        }
        return bytes;
    }

    /** Writes a wrong length or count, in any of their encodings. */
    private void writeWrongLength(byte[] bytes, int at) {
        ByteBuffer frame = ByteBuffer.wrap(bytes);
        int value = random.nextBoolean() ? random.nextInt() : Integer.MAX_VALUE >>> random.nextInt(31);
        if (random.nextBoolean() && at + Integer.BYTES <= bytes.length) {
            frame.putInt(at, value);
        } else if (random.nextBoolean() && at + Short.BYTES <= bytes.length) {
            frame.putShort(at, (short) value);
        } else {
            for (int i = at; i < Math.min(at + 4, bytes.length); i++) {
                bytes[i] |= (byte) 0x80;
            }
        }
    }
}

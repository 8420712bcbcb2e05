package io.tailrace.agent.tail;

import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/** All members of a gzip file. A member is returned whole before what follows it is looked at, which may be damaged. Not thread-safe. */
final class GzipMembers extends InputStream {
    private final InputStream in;
    private InputStream member;

    /** @param in must support marks */
    GzipMembers(InputStream in) throws IOException {
        this.in = in;
        member = nextMember();
    }

    /** The library leaves the input where the member ends. */
    private InputStream nextMember() throws IOException {
        return GzipCompressorInputStream.builder().setInputStream(in).get();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = member.read(target, offset, length);
        while (count < 0 && hasMore()) {
            member = nextMember();
            count = member.read(target, offset, length);
        }
        return count;
    }

    private boolean hasMore() throws IOException {
        in.mark(1);
        boolean hasMore = in.read() >= 0;
        in.reset();
        return hasMore;
    }

    @Override
    public void close() throws IOException {
        member.close();
    }
}

package io.tailrace.systemtests;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A connection to a broker on which a test sends whatever bytes it likes. */
final class RawConnection implements AutoCloseable {
    private static final int TIMEOUT_MS = 60_000;
    private static final short API_VERSIONS = 18;

    private final Socket socket;

    private RawConnection(Socket socket) {
        this.socket = socket;
    }

    static RawConnection to(LocalBroker broker) throws IOException {
        Socket socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MS);
        socket.connect(broker.socketAddress(), TIMEOUT_MS);
        return new RawConnection(socket);
    }

    /** An ApiVersions request, version 0, with its size in front. */
    static byte[] apiVersionsRequest() {
        byte[] clientId = "by-hand".getBytes(StandardCharsets.UTF_8);
        int sizeInBytes = 2 + 2 + 4 + 2 + clientId.length;
        return ByteBuffer.allocate(4 + sizeInBytes)
                .putInt(sizeInBytes)
                .putShort(API_VERSIONS)
                .putShort((short) 0)
                .putInt(1)
                .putShort((short) clientId.length)
                .put(clientId)
                .array();
    }

    void send(byte[] bytes, int from, int count) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(bytes, from, count);
        out.flush();
    }

    /** The size of the next answer, once all of it has arrived. */
    int awaitAnswer() throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        int sizeInBytes = in.readInt();
        in.readFully(new byte[sizeInBytes]);
        return sizeInBytes;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

package io.tailrace.server;

import io.tailrace.protocol.codec.Requests;
import io.tailrace.protocol.codec.Responses;
import io.tailrace.protocol.message.Request;
import io.tailrace.protocol.message.Response;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;

/** A connection that sends any bytes, and any number of requests before it reads an answer. */
public final class RawClient implements AutoCloseable {
    private static final int ANSWER_MS_MAX = 120_000;

    private final Socket socket;
    private final DataInputStream in;
    private final Queue<Sent> unanswered = new ArrayDeque<>();
    private int correlationId;

    private record Sent(Request<?> request, short version, int correlationId) {}

    /** Connects to a port of this machine. */
    public RawClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(ANSWER_MS_MAX);
        in = new DataInputStream(socket.getInputStream());
    }

    /** Sends a request in the highest version that our clients send, without waiting for the answer. */
    public void send(Request<?> request) throws IOException {
        send(request, request.sentVersionMax());
    }

    /** Sends a request in this version without waiting for the answer. */
    public void send(Request<?> request, short version) throws IOException {
        unanswered.add(new Sent(request, version, ++correlationId));
        for (ByteBuffer part :
                Requests.encode(request, version, correlationId, "raw").buffers()) {
            byte[] copy = new byte[part.remaining()];
            part.get(copy);
            socket.getOutputStream().write(copy);
        }
    }

    /** Sends raw bytes. */
    public void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** The next frame, without its size. */
    public ByteBuffer receiveFrame() throws IOException {
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        return ByteBuffer.wrap(frame);
    }

    /** Reads the answer to the oldest unanswered request. */
    public <A extends Response> A receive(Class<A> type) throws IOException {
        Sent sent = unanswered.remove();
        ByteBuffer frame = receiveFrame();
        if (Responses.correlationId(frame) != sent.correlationId()) {
            throw new AssertionError("expected the answer to request " + sent.correlationId() + ", found that to "
                    + Responses.correlationId(frame));
        }
        return type.cast(Responses.decode(sent.request().api(), sent.version(), frame));
    }

    /** Sends and waits for the answer. */
    public <A extends Response> A call(Request<A> request, Class<A> type) throws IOException {
        send(request);
        return receive(type);
    }

    /** Sends in this version and waits for the answer. */
    public <A extends Response> A call(Request<A> request, short version, Class<A> type) throws IOException {
        send(request, version);
        return receive(type);
    }

    /** Whether the broker closes the connection instead of answering. */
    public boolean isClosedByPeer() throws IOException {
        try {
            in.readByte();
            return false;
        } catch (EOFException | SocketException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

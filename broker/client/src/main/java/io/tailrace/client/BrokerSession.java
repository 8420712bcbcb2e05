package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.codec.Requests;
import io.tailrace.protocol.codec.Responses;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.protocol.message.Request;
import io.tailrace.protocol.message.Response;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * One connection to a broker, from handshake to close. Requests are written in order and answered in that order. On
 * any violation the session ends, and all unanswered requests fail.
 *
 * <p>One thread writes; the session's own reader thread completes the answers.
 */
final class BrokerSession {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int FRAME_BYTES_MIN = Integer.BYTES;

    /** A request that was sent, with the data to decode its answer. */
    private record Sent(PendingRequest<?> request, short version, int correlationId) {}

    private final InetSocketAddress broker;
    private final ClientConfig config;
    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final ApiVersions versions;
    private int nextCorrelationId = 1;

    /** Guarded by itself, as is {@link #open}. */
    private final Queue<Sent> unanswered = new ArrayDeque<>();

    private boolean open = true;

    private BrokerSession(InetSocketAddress broker, ClientConfig config, Socket socket) throws IOException {
        this.broker = broker;
        this.config = config;
        this.socket = socket;
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES));
        this.out = new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES);
        this.versions = ApiVersions.ask(this::exchange);
    }

    /**
     * Connects, asks the broker for its versions, and starts reading.
     *
     * @throws IOException if the broker cannot be reached or violates the protocol
     */
    static BrokerSession open(InetSocketAddress broker, ClientConfig config) throws IOException {
        Socket socket = config.socketFactory().createSocket();
        try {
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            socket.connect(new InetSocketAddress(broker.getHostString(), broker.getPort()), config.connectTimeoutMs());
            socket.setSoTimeout(config.connectTimeoutMs());
            BrokerSession session = new BrokerSession(broker, config, socket);
            socket.setSoTimeout(0);
            session.startReading();
            return session;
        } catch (SocketTimeoutException e) {
            socket.close();
            throw new IOException("no answer within " + config.connectTimeoutMs() + " ms", e);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private void startReading() {
        Thread reader =
                new Thread(this::readAll, Thread.currentThread().getName().replace("-writer-", "-reader-"));
        reader.setDaemon(true);
        reader.start();
    }

    /** Sends a handshake request and reads its answer. No other thread uses the socket yet. */
    private ByteBuffer exchange(Request<?> request, short version) throws IOException {
        writeFrame(Requests.encode(request, version, 0, config.clientId()).buffers());
        out.flush();
        return readFrame();
    }

    boolean isOpen() {
        synchronized (unanswered) {
            return open;
        }
    }

    /** Writes a request. Fails it if the broker does not support its API or the connection is closed. */
    void write(PendingRequest<?> request, boolean flush) {
        ByteBuffer[] frame;
        Sent sent;
        try {
            short version = versions.versionOf(request.request(), this::name);
            sent = new Sent(request, version, nextCorrelationId++);
            frame = Requests.encode(request.request(), version, sent.correlationId(), config.clientId())
                    .buffers();
        } catch (ClientException e) {
            request.answer().completeExceptionally(e);
            return;
        } catch (RuntimeException e) {
            request.fail(ErrorCode.INVALID_REQUEST, "cannot be written: " + e.getMessage(), e);
            return;
        }
        if (request.isAnswered() && !await(sent)) {
            request.fail(
                    ErrorCode.NETWORK_EXCEPTION, "connection to " + name() + " is closed", new IOException("closed"));
            return;
        }
        try {
            writeFrame(frame);
            if (flush || !request.isAnswered()) {
                out.flush();
            }
            if (!request.isAnswered()) {
                request.complete(new ProduceResponse(List.of(), 0));
            }
        } catch (IOException e) {
            if (!request.isAnswered()) {
                request.fail(ErrorCode.NETWORK_EXCEPTION, "connection to " + name() + " broke", e);
            }
            end(ErrorCode.NETWORK_EXCEPTION, e);
        }
    }

    private boolean await(Sent sent) {
        synchronized (unanswered) {
            return open && unanswered.add(sent);
        }
    }

    private void writeFrame(ByteBuffer[] frame) throws IOException {
        for (ByteBuffer part : frame) {
            out.write(part.array(), part.arrayOffset() + part.position(), part.remaining());
        }
    }

    private ByteBuffer readFrame() throws IOException {
        int size = in.readInt();
        if (size < FRAME_BYTES_MIN || size > config.responseBytesMax()) {
            throw new IOException("received a response of " + size + " bytes, expected " + FRAME_BYTES_MIN + " to "
                    + config.responseBytesMax() + " (max.response.size); is this a broker's port?");
        }
        byte[] frame = new byte[size];
        in.readFully(frame);
        return ByteBuffer.wrap(frame);
    }

    private void readAll() {
        try {
            while (true) {
                answer(readFrame());
            }
        } catch (IOException | RuntimeException e) {
            end(ErrorCode.NETWORK_EXCEPTION, e);
        }
    }

    private void answer(ByteBuffer frame) throws IOException {
        Sent sent;
        synchronized (unanswered) {
            sent = unanswered.peek();
        }
        int correlationId = Responses.correlationId(frame);
        if (sent == null || sent.correlationId() != correlationId) {
            throw new IOException("received a response to request " + correlationId + ", expected "
                    + (sent == null ? "none" : sent.correlationId()));
        }
        Response response = Responses.decode(sent.request().request().api(), sent.version(), frame);
        synchronized (unanswered) {
            if (!unanswered.remove(sent)) {
                return;
            }
        }
        sent.request().complete(response);
    }

    /** Ends the session if its oldest request has timed out: answers come in order, so later ones cannot come first. */
    void expire(long nowMs) {
        boolean late;
        synchronized (unanswered) {
            Sent oldest = unanswered.peek();
            late = oldest != null && oldest.request().deadlineMs() <= nowMs;
        }
        if (late) {
            end(ErrorCode.REQUEST_TIMED_OUT, new IOException("no answer in time"));
        }
    }

    void close() {
        end(ErrorCode.NETWORK_EXCEPTION, new IOException("closed by this client"));
    }

    private void end(ErrorCode error, Exception cause) {
        List<Sent> failed;
        synchronized (unanswered) {
            open = false;
            failed = new ArrayList<>(unanswered);
            unanswered.clear();
        }
        try {
            socket.close();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
        String problem =
                "connection to " + name() + " ended: " + (cause.getMessage() == null ? cause : cause.getMessage());
        failed.forEach(sent -> sent.request().fail(error, problem, cause));
    }

    private String name() {
        return broker.getHostString() + ":" + broker.getPort();
    }
}

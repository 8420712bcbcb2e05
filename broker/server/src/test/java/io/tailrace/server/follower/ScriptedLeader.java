package io.tailrace.server.follower;

import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A leader that gives a test's answers, one for each fetch. */
final class ScriptedLeader implements LeaderLink.Opener {
    private static final int PATIENCE_SECONDS = 60;
    private static final int LOOK_MS = 10;

    private final BlockingQueue<FetchRequest> asked = new LinkedBlockingQueue<>();
    /** An empty answer breaks the connection. */
    private final BlockingQueue<Optional<FetchResponse>> answers = new LinkedBlockingQueue<>();

    private volatile Consumer<FetchRequest> onAsked = request -> {};
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger waitsEnded = new AtomicInteger();

    /** Calls {@code action} with each fetch at the moment it is sent. */
    void onAsked(Consumer<FetchRequest> action) {
        onAsked = action;
    }

    /** Waits for the next fetch. */
    FetchRequest asked() throws InterruptedException {
        FetchRequest request = asked.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (request == null) {
            throw new AssertionError("no fetch within " + PATIENCE_SECONDS + " s");
        }
        return request;
    }

    /** Answers the fetch in flight, or the next one. */
    void answer(FetchResponse response) {
        answers.add(Optional.of(response));
    }

    /** Breaks the connection at the fetch in flight, or the next one. */
    void breakDown() {
        answers.add(Optional.empty());
    }

    /** How often the follower asked for an answer at once. */
    int waitsEnded() {
        return waitsEnded.get();
    }

    int linksClosed() {
        return ended.get();
    }

    int linksOpened() {
        return opened.get();
    }

    @Override
    public LeaderLink open(int brokerId) {
        opened.incrementAndGet();
        return new Link();
    }

    private final class Link implements LeaderLink {
        private volatile boolean closed;

        @Override
        public FetchResponse fetch(FetchRequest request) throws IOException {
            onAsked.accept(request);
            asked.add(request);
            try {
                while (!closed) {
                    Optional<FetchResponse> answer = answers.poll(LOOK_MS, TimeUnit.MILLISECONDS);
                    if (answer != null) {
                        return answer.orElseThrow(() -> new IOException("broken"));
                    }
                }
                throw new IOException("closed");
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        @Override
        public void endWait() {
            waitsEnded.incrementAndGet();
        }

        @Override
        public void close() {
            closed = true;
            ended.incrementAndGet();
        }
    }
}

package io.tailrace.server.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.timeout.IdleStateEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConnectionTest {
    private static final int IN_FLIGHT_MAX = 3;
    private static final int UNWRITTEN_MAX = 20;
    private static final int PRODUCE_BYTES_MAX = 100_000;
    private static final int ANSWER_BYTES_MAX = 100;
    private static final int REQUEST_MS_MAX = 10_000;

    private final List<Exchange> exchanges = new ArrayList<>();
    private final List<Integer> requests = new ArrayList<>();
    private final SlowPeer peer = new SlowPeer();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final NetworkLimits limits =
            new NetworkLimits(100_000, 1000, IN_FLIGHT_MAX, UNWRITTEN_MAX, REQUEST_MS_MAX, 1000);
    private final NetworkMemory memory = NetworkMemory.of(
            new SocketServer.Settings(1, 1, 1, PRODUCE_BYTES_MAX, ANSWER_BYTES_MAX, limits), budget -> {});
    private final Connection connection = new Connection(
            channel,
            "PLAINTEXT",
            new Connection.Shared(limits, memory, this::dispatch, new PeerFaultLog(System::nanoTime)));
    private boolean holdNext;
    private long requestMemory;

    ConnectionTest() {
        channel.freezeTime();
        channel.pipeline().addLast(peer, connection);
    }

    private void dispatch(ByteBuf frame, Connection from) throws BadFrameException {
        int request = frame.getInt(frame.readerIndex() + 4);
        if (request < 0) {
            throw new BadFrameException("negative");
        }
        Exchange exchange = new Exchange(from, requestMemory);
        from.begin(exchange);
        requests.add(request);
        exchanges.add(exchange);
        if (holdNext) {
            exchange.holdConnection();
        }
    }

    @AfterEach
    void close() {
        channel.close().syncUninterruptibly();
        peer.taken.forEach(ByteBuf::release);
        assertThat(memory.byPurpose().values()).allMatch(budget -> budget.usedBytes() == 0);
    }

    @Test
    void answersInTheOrderOfRequests() {
        send(1, 2, 3);
        answer(2);
        answer(0);
        assertThat(answers()).containsExactly(0);
        answer(1);
        assertThat(answers()).containsExactly(0, 1, 2);
    }

    @Test
    void readsNoMoreRequestsThanMayBeInFlight() {
        send(1, 2, 3, 4, 5);

        assertThat(requests).containsExactly(1, 2, 3);
        assertThat(channel.config().isAutoRead()).isFalse();
        answer(1);
        assertThat(requests).as("the first is still unanswered").containsExactly(1, 2, 3);
        answer(0);
        assertThat(requests).containsExactly(1, 2, 3, 4, 5);
    }

    @Test
    void laterRequestsWaitForOneThatHoldsTheConnection() {
        holdNext = true;
        send(1, 2);
        assertThat(requests).containsExactly(1);
        assertThat(channel.config().isAutoRead()).isFalse();

        holdNext = false;
        answer(0);
        assertThat(requests).containsExactly(1, 2);
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void laterRequestsFollowOneThatHeldTheConnectionBeforeItsAnswer() {
        holdNext = true;
        send(1, 2);
        holdNext = false;

        exchanges.get(0).releaseConnection();
        assertThat(requests).containsExactly(1, 2);

        answer(1);
        assertThat(answers()).isEmpty();
        answer(0);
        assertThat(answers()).containsExactly(0, 1);
    }

    @Test
    void answersWaitForAPeerThatReadsSlowly() {
        peer.blocked = true;
        send(1, 2, 3);
        answer(0);
        answer(1);
        answer(2);
        assertThat(peer.blockedWrites)
                .as("12 and 12 bytes are written, which exceeds the bound")
                .hasSize(2);

        peer.unblock();
        assertThat(answers()).containsExactly(0, 1, 2);
    }

    @Test
    void noRequestsAreReadFromAPeerThatTakesNoAnswers() {
        peer.blocked = true;
        send(1, 2, 3, 4, 5);
        answer(0);
        assertThat(requests).containsExactly(1, 2, 3, 4);
        answer(1);
        answer(2);
        answer(3);
        assertThat(requests).as("more answers wait than may").containsExactly(1, 2, 3, 4);
        peer.unblock();
        assertThat(requests).containsExactly(1, 2, 3, 4, 5);
    }

    @Test
    void whileAnswersAreShortOfMemoryOnlyConnectionsWithoutUnwrittenOnesAreRead() {
        memory.answers().add(ANSWER_BYTES_MAX);
        send(1);
        assertThat(requests).as("it holds nothing").containsExactly(1);
        peer.blocked = true;
        answer(0);
        send(2);
        assertThat(requests).containsExactly(1);
        assertThat(channel.config().isAutoRead()).isFalse();

        peer.unblock();
        assertThat(requests).containsExactly(1, 2);
        assertThat(connection.heldBytes()).isZero();
        memory.answers().release(ANSWER_BYTES_MAX);
    }

    @Test
    void peerThatTakesNoAnswersIsClosedOnlyWhileMemoryIsShort() {
        peer.blocked = true;
        send(1);
        answer(0);
        passSeconds(60);
        assertThat(channel.isOpen()).isTrue();

        memory.answers().add(ANSWER_BYTES_MAX);
        passSeconds(5);
        assertThat(channel.isOpen()).isFalse();
        memory.answers().release(ANSWER_BYTES_MAX);
    }

    @Test
    void answersBehindAnUnansweredRequestAreNotThePeersFault() {
        send(1, 2);
        answer(1);
        memory.answers().add(ANSWER_BYTES_MAX);
        passSeconds(60);
        assertThat(channel.isOpen()).isTrue();

        memory.answers().release(ANSWER_BYTES_MAX);
        answer(0);
        assertThat(answers()).containsExactly(0, 1);
    }

    @Test
    void slownessInSeparateExhaustionsIsNotAddedUp() {
        peer.blocked = true;
        send(1);
        answer(0);
        for (int exhaustion = 0; exhaustion < 10; exhaustion++) {
            memory.answers().add(ANSWER_BYTES_MAX);
            passSeconds(1);
            memory.answers().release(ANSWER_BYTES_MAX);
            passSeconds(1);
        }
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void whileRequestsInProgressHoldAllMemoryOnlyConnectionsWithSmallOnesAreRead() {
        requestMemory = NetworkMemory.SMALL_REQUEST_BYTES;
        send(1, 2);
        assertThat(requests).containsExactly(1, 2);
        requestMemory = PRODUCE_BYTES_MAX;
        send(3);
        assertThat(exchanges.get(0).mayWait()).isTrue();
        assertThat(exchanges.get(2).mayWait()).isFalse();
        answer(0);
        send(4);
        assertThat(requests).containsExactly(1, 2, 3);
        assertThat(channel.config().isAutoRead()).isFalse();

        requestMemory = 0;
        answer(2);
        assertThat(requests).containsExactly(1, 2, 3, 4);
    }

    @Test
    void startedRequestMustArriveInTimeHoweverItDrips() {
        channel.writeInbound(Unpooled.buffer().writeInt(100));
        for (int second = 1; second <= 9; second++) {
            channel.writeInbound(Unpooled.buffer().writeByte(0));
            passSeconds(1);
        }
        assertThat(channel.isOpen()).isTrue();
        channel.writeInbound(Unpooled.buffer().writeByte(0));
        passSeconds(3);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void eachRequestHasItsOwnTime() {
        for (int request = 0; request < 3; request++) {
            channel.writeInbound(Unpooled.buffer().writeInt(8).writeInt(0));
            passSeconds(9);
            channel.writeInbound(Unpooled.buffer().writeInt(request));
            answer(request);
        }
        passSeconds(60);
        assertThat(requests).containsExactly(0, 1, 2);
        assertThat(channel.isOpen()).as("no request has started").isTrue();
    }

    @Test
    void largeRequestHasTimeForItsBytes() {
        channel.writeInbound(Unpooled.buffer().writeInt(80_000).writeZero(70_000));
        assertThat(memory.produceRequests().bytes().usedBytes()).isPositive();
        passSeconds(10);
        assertThat(channel.isOpen()).isTrue();
        passSeconds(4);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void peerThatSendsNothingIsClosedSoonWhileOthersWaitForItsMemory() {
        channel.writeInbound(Unpooled.buffer().writeInt(90_000).writeZero(70_000));
        FrameMemory.Share waiting = exhaustRequestMemory();
        passSeconds(3);
        assertThat(channel.isOpen()).isFalse();
        waiting.release();
    }

    /** Another connection waits for what this one holds. */
    private FrameMemory.Share exhaustRequestMemory() {
        assertThat(connection.heldBytes()).isPositive();
        FrameMemory.Share waiting = memory.produceRequests().share(() -> {});
        assertThat(waiting.reserve(PRODUCE_BYTES_MAX)).isFalse();
        return waiting;
    }

    @Test
    void aRequestThatWaitsForMemoryIsNeverGivenUp() {
        FrameMemory.Share other = memory.produceRequests().share(() -> {});
        assertThat(other.reserve(60_000)).isTrue();
        channel.writeInbound(Unpooled.buffer().writeInt(90_000).writeZero(60_000));
        assertThat(connection.heldBytes()).isPositive();
        passSeconds(600);
        assertThat(channel.isOpen()).isTrue();

        other.release();
        channel.runPendingTasks();
        channel.writeInbound(Unpooled.buffer().writeZero(30_000));
        assertThat(requests).hasSize(1);
    }

    @Test
    void aRequestThatIsNotReadBecauseAnotherIsHandledIsNotThePeersFault() {
        requestMemory = NetworkMemory.SMALL_REQUEST_BYTES + 1;
        send(1);
        channel.writeInbound(Unpooled.buffer().writeInt(8).writeInt(0));
        memory.requestsInProgress().add(PRODUCE_BYTES_MAX);
        passSeconds(600);
        assertThat(channel.isOpen()).isTrue();

        memory.requestsInProgress().release(PRODUCE_BYTES_MAX);
        channel.writeInbound(Unpooled.buffer().writeInt(2));
        assertThat(requests).containsExactly(1, 2);
    }

    private void passSeconds(int seconds) {
        for (int i = 0; i < seconds; i++) {
            channel.advanceTimeBy(1, TimeUnit.SECONDS);
            channel.runScheduledPendingTasks();
            channel.runPendingTasks();
        }
    }

    @Test
    void silentEndsKeepTheOrder() {
        send(1, 2);
        answer(1);
        exchanges.get(0).endSilently();

        assertThat(answers()).containsExactly(1);
    }

    @Test
    void disconnectCancelsRequestsAndReleasesUnwrittenAnswers() {
        List<Integer> cancelled = new ArrayList<>();
        send(1, 2);
        exchanges.get(0).onDisconnect(() -> cancelled.add(1));
        ByteBuf unwritten = Unpooled.buffer().writeInt(7);
        exchanges.get(1).respond(AnswerFrame.of(unwritten));
        channel.close().syncUninterruptibly();

        assertThat(cancelled).containsExactly(1);
        assertThat(unwritten.refCnt()).isZero();
        ByteBuf late = Unpooled.buffer().writeInt(8);
        exchanges.get(0).respond(AnswerFrame.of(late));
        assertThat(late.refCnt()).isZero();
    }

    @Test
    void badFrameClosesTheConnection() {
        send(1, -1, 2);

        assertThat(channel.isOpen()).isFalse();
        assertThat(requests).containsExactly(1);
    }

    @Test
    void finishWritesAnswersAndReadsNoMoreRequests() {
        send(1);
        connection.finish();
        send(2);
        assertThat(channel.isOpen()).isTrue();
        answer(0);

        assertThat(answers()).containsExactly(0);
        assertThat(channel.isOpen()).isFalse();
        assertThat(requests).containsExactly(1);
    }

    @Test
    void onlyAConnectionWithoutUnansweredRequestsIsIdle() {
        send(1);
        channel.pipeline().fireUserEventTriggered(IdleStateEvent.FIRST_ALL_IDLE_STATE_EVENT);
        assertThat(channel.isOpen()).as("a long poll is not idle").isTrue();

        answer(0);
        channel.pipeline().fireUserEventTriggered(IdleStateEvent.ALL_IDLE_STATE_EVENT);
        assertThat(channel.isOpen()).isFalse();
    }

    private void send(int... numbers) {
        ByteBuf stream = Unpooled.buffer();
        for (int number : numbers) {
            stream.writeInt(8).writeInt(0).writeInt(number);
        }
        channel.writeInbound(stream);
    }

    private void answer(int exchange) {
        exchanges
                .get(exchange)
                .respond(AnswerFrame.of(Unpooled.buffer().writeInt(8).writeLong(exchange)));
        channel.runPendingTasks();
    }

    private List<Integer> answers() {
        return peer.taken.stream().map(bytes -> (int) bytes.getLong(4)).toList();
    }

    /** Plays the socket. Its writes complete when it is unblocked. */
    private static final class SlowPeer extends ChannelOutboundHandlerAdapter {
        private final List<ByteBuf> taken = new ArrayList<>();
        private final Queue<Runnable> blockedWrites = new ArrayDeque<>();
        private boolean blocked;

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            Runnable write = () -> {
                taken.add((ByteBuf) message);
                promise.setSuccess();
            };
            if (blocked || !blockedWrites.isEmpty()) {
                blockedWrites.add(write);
            } else {
                write.run();
            }
        }

        void unblock() {
            blocked = false;
            for (Runnable write = blockedWrites.poll(); write != null; write = blockedWrites.poll()) {
                write.run();
            }
        }
    }
}

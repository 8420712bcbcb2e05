package io.tailrace.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.InitProducerIdRequest;
import io.tailrace.protocol.message.InitProducerIdResponse;
import io.tailrace.server.RawClient;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BlockingCallsTest {
    private static final int UNANSWERED_MAX = 2;

    private final BlockingCalls blocking = new BlockingCalls(1, UNANSWERED_MAX);
    private final CountDownLatch mayEnd = new CountDownLatch(1);
    private final List<@Nullable String> worked = new CopyOnWriteArrayList<>();
    private final AtomicInteger handled = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private ApiServer server;

    /** Works until the test lets it end. */
    private final class Handler implements RequestHandler<InitProducerIdRequest, InitProducerIdResponse> {
        @Override
        public ApiKey api() {
            return ApiKey.INIT_PRODUCER_ID;
        }

        @Override
        public void handle(InitProducerIdRequest request, Call<InitProducerIdResponse> call) {
            blocking.answer(BlockingCalls.Kind.PRODUCER_ID, call, () -> work(request), this::overloaded);
            handled.incrementAndGet();
        }

        private InitProducerIdResponse work(InitProducerIdRequest request) {
            worked.add(request.transactionalId());
            try {
                mayEnd.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return new InitProducerIdResponse(0, ErrorCode.NONE, 1, (short) 0);
        }

        private InitProducerIdResponse overloaded() {
            refused.incrementAndGet();
            return new InitProducerIdResponse(0, ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, -1, (short) -1);
        }
    }

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer(new Handler());
    }

    @AfterEach
    void stop() {
        mayEnd.countDown();
        server.close();
        blocking.close();
    }

    private void send(RawClient client, String name) throws Exception {
        int before = handled.get();
        client.send(new InitProducerIdRequest(name, 1_000, -1, (short) -1));
        await().until(() -> handled.get() > before);
    }

    @Test
    void workOfClosedConnectionsIsDroppedAndMakesRoom() throws Exception {
        RawClient closed = server.connect();
        try (RawClient first = server.connect();
                RawClient later = server.connect()) {
            send(first, "first");
            await().until(() -> worked.contains("first"));
            send(closed, "closed");
            send(later, "later");
            assertThat(later.receive(InitProducerIdResponse.class).errorCode())
                    .as("two requests are unanswered")
                    .isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);

            closed.close();
            await().until(() -> {
                int before = refused.get();
                send(later, "later");
                if (refused.get() == before) {
                    return true;
                }
                later.receive(InitProducerIdResponse.class);
                return false;
            });
            mayEnd.countDown();
            assertThat(first.receive(InitProducerIdResponse.class).errorCode()).isEqualTo(ErrorCode.NONE);
            assertThat(later.receive(InitProducerIdResponse.class).errorCode()).isEqualTo(ErrorCode.NONE);
            assertThat(worked).containsExactly("first", "later");
        }
    }
}

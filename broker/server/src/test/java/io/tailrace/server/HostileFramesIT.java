package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.util.internal.PlatformDependent;
import io.tailrace.testing.WaitLimit;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Random hostile frames: the broker stays up, its memory bounded, and serves other clients. */
class HostileFramesIT {
    private static final int FRAMES = Integer.getInteger("hostile.frames", 100_000);
    private static final int FRAMES_PER_CONNECTION = 4;
    private static final int PEERS = 4;
    private static final long DIRECT_BYTES_MAX = 96L << 20;
    private static final String GOOD = "good";
    private static final String HIT = "hit";

    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private BrokerFixture fixture;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        fixture = new BrokerFixture(
                directory, Map.of("auto.create.topics.enable", "false", "socket.request.max.bytes", "20971520"));
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        logged.list = new CopyOnWriteArrayList<>(); // the broker logs while the test reads
        logged.start();
        root.addAppender(logged);
        try (var admin = fixture.admin()) {
            admin.createTopics(List.of(new NewTopic(GOOD, 1, (short) 1), new NewTopic(HIT, 1, (short) 1)))
                    .all()
                    .get();
        }
    }

    @AfterEach
    void stop() throws Exception {
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).detachAppender(logged);
        fixture.close();
    }

    @Test
    void goodClientIsServedBesideHostileOnes() throws Exception {
        long seed = Long.getLong("hostile.seed", System.nanoTime());
        System.out.println("hostile frames with -Dhostile.seed=" + seed);
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Integer> good = CompletableFuture.supplyAsync(() -> produceUntil(over));
        AtomicLong answered = new AtomicLong();
        ExecutorService peers = Executors.newFixedThreadPool(PEERS);
        List<Future<?>> attacks = new ArrayList<>();
        for (int peer = 0; peer < PEERS; peer++) {
            HostileFrames frames = new HostileFrames(seed + peer, HIT);
            attacks.add(peers.submit(() -> {
                for (int sent = 0; sent < FRAMES / PEERS; sent += FRAMES_PER_CONNECTION) {
                    answered.addAndGet(send(frames));
                }
                return null;
            }));
        }
        long directBytesMax = 0;
        for (Future<?> attack : attacks) {
            boolean done = false;
            while (!done) {
                directBytesMax = Math.max(directBytesMax, PlatformDependent.usedDirectMemory());
                try {
                    attack.get(10, TimeUnit.MILLISECONDS);
                    done = true;
                } catch (TimeoutException e) {
                    done = false;
                }
            }
        }
        peers.shutdown();
        over.set(true);

        int acknowledged = good.get();
        assertThat(acknowledged).isPositive();
        assertThat(read(acknowledged)).as("records of the good client").isEqualTo(acknowledged);
        assertThat(answered.get())
                .as("bytes of answers: some frames pass the first checks")
                .isPositive();
        assertThat(directBytesMax).as("bytes outside the heap").isLessThan(DIRECT_BYTES_MAX);
        assertThat(logged.list).as("errors of the broker's own").noneMatch(event -> event.getLevel() == Level.ERROR);
        System.gc();
        assertThat(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed())
                .as("heap still in use")
                .isLessThan(128L << 20);
    }

    /** Sends frames over one connection and reads until the broker closes it. Returns the number of bytes read. */
    private long send(HostileFrames frames) throws IOException {
        long bytes = 0;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.port())) {
            socket.setSoLinger(true, 0);
            socket.setSoTimeout(60_000);
            for (int i = 0; i < FRAMES_PER_CONNECTION; i++) {
                socket.getOutputStream().write(frames.next());
            }
            socket.shutdownOutput();
            byte[] answer = new byte[16 * 1024];
            InputStream in = socket.getInputStream();
            for (int read = in.read(answer); read >= 0; read = in.read(answer)) {
                bytes += read;
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the broker neither answers nor closes", e);
        } catch (SocketException e) {
            // The broker closed the connection, as it should.
        }
        return bytes;
    }

    private int produceUntil(AtomicBoolean over) {
        int count = 0;
        try (KafkaProducer<String, String> producer = fixture.producer("linger.ms", "0", "retries", "0")) {
            while (!over.get()) {
                producer.send(new ProducerRecord<>(GOOD, "record " + count)).get();
                count++;
            }
        } catch (Exception e) {
            throw new AssertionError("the good client was not served", e);
        }
        return count;
    }

    private int read(int count) {
        try (KafkaConsumer<String, String> consumer = fixture.consumer()) {
            consumer.assign(List.of(new TopicPartition(GOOD, 0)));
            int read = 0;
            long deadline = System.nanoTime() + WaitLimit.WAIT_MAX.toNanos();
            while (read < count && System.nanoTime() < deadline) {
                read += consumer.poll(Duration.ofMillis(200)).count();
            }
            return read;
        }
    }
}

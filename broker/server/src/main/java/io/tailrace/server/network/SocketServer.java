package io.tailrace.server.network;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/**
 * Listens for connections and assigns each to an event loop. Thread-safe.
 *
 * <p>The order of a connection's stages: idle detection, (TLS), (SASL), {@link Connection}.
 */
@SuppressWarnings("FutureReturnValueIgnored") // terminationFuture shows the end of shutdownGracefully
public final class SocketServer {
    private static final int HOLDERS_NAMED_MAX = 3;
    private static final int EADDRINUSE = 98;
    private static final long LOOPS_END_SECONDS_MAX = 5;

    /**
     * What all listeners share.
     *
     * @param threads event loops
     * @param connectionsMax connections at the same time
     * @param connectionsPerAddressMax connections from one address at the same time
     * @param queuedRequestBytesMax bytes that started Produce requests may hold, at least one of the largest
     * @param queuedAnswerBytesMax bytes that encoded answers may hold until they are written
     * @param limits limits of each connection
     */
    public record Settings(
            int threads,
            int connectionsMax,
            int connectionsPerAddressMax,
            long queuedRequestBytesMax,
            long queuedAnswerBytesMax,
            NetworkLimits limits) {}

    private final NetworkLimits limits;
    private final NetworkMemory memory;
    private final Connection.Shared shared;
    private final ConnectionCounts counts;
    private final PeerFaultLog faults;
    private final EventLoopGroup acceptor;
    private final EventLoopGroup loops;
    private final List<Channel> listening = new ArrayList<>();
    private final Map<Channel, Connection> connections = new ConcurrentHashMap<>();
    /** By listener. */
    private final Map<String, LongAdder> accepted = new ConcurrentHashMap<>();
    /** By listener. */
    private final Map<String, LongAdder> refused = new ConcurrentHashMap<>();

    /** Creates the event loops; nothing listens yet. */
    public SocketServer(Settings settings, RequestDispatcher dispatcher, PeerFaultLog faults) {
        this.limits = settings.limits();
        this.faults = faults;
        this.memory = NetworkMemory.of(settings, budget -> faults.logExhausted(budget, this::largestHolders));
        this.shared = new Connection.Shared(limits, memory, dispatcher, faults);
        this.counts = new ConnectionCounts(settings.connectionsMax(), settings.connectionsPerAddressMax());
        this.acceptor = loops(1, "broker-accept");
        this.loops = loops(settings.threads(), "broker-network");
    }

    /**
     * Binds. Clients can connect, and are served from {@link #serve} on.
     *
     * @param listener its name
     * @param address port 0 for any free port
     * @return where it listens
     * @throws IOException if the address cannot be bound, naming it
     */
    public synchronized InetSocketAddress listen(String listener, InetSocketAddress address) throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(acceptor, loops)
                .channel(Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.RCVBUF_ALLOCATOR, new ReceiveBuffers(memory.received()))
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        accept(listener, channel);
                    }
                });
        var bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on " + listener + "://" + address.getHostString() + ":" + address.getPort() + ": "
                            + reason(bound.cause()),
                    bound.cause());
        }
        listening.add(bound.channel());
        accepted.put(listener, new LongAdder());
        refused.put(listener, new LongAdder());
        return (InetSocketAddress) bound.channel().localAddress();
    }

    /** Epoll names an error by its number only. */
    private static String reason(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        return message.contains("(" + -EADDRINUSE + ")") ? "address already in use" : message;
    }

    /** Starts to accept connections on all bound addresses. */
    public synchronized void serve() {
        listening.forEach(channel -> channel.config().setAutoRead(true));
    }

    /** Connections open now. */
    public int connections() {
        return counts.total();
    }

    /**
     * The connections of a listener.
     *
     * @param open connections open now
     * @param accepted connections accepted since the start
     * @param refused connections refused since the start, because there were too many
     */
    public record ListenerConnections(long open, long accepted, long refused) {}

    /** The connections of each listener, by its name. */
    public Map<String, ListenerConnections> connectionsByListener() {
        Map<String, Long> open = connections.values().stream()
                .collect(Collectors.groupingBy(Connection::listener, Collectors.counting()));
        Map<String, ListenerConnections> all = new TreeMap<>();
        accepted.forEach((listener, count) -> all.put(
                listener,
                new ListenerConnections(
                        open.getOrDefault(listener, 0L),
                        count.sum(),
                        countOf(refused, listener).sum())));
        return all;
    }

    private static LongAdder countOf(Map<String, LongAdder> counts, String listener) {
        return Objects.requireNonNull(counts.get(listener), listener);
    }

    /** The budgets of the connections' memory by purpose, under the names that metrics use. */
    public Map<String, ByteBudget> memory() {
        return memory.byPurpose();
    }

    /** The addresses whose connections hold the most memory. */
    private String largestHolders() {
        Map<InetAddress, LongSummaryStatistics> byAddress = connections.values().stream()
                .filter(connection -> connection.heldBytes() > 0)
                .collect(Collectors.groupingBy(
                        Connection::peerAddress, Collectors.summarizingLong(Connection::heldBytes)));
        return byAddress.entrySet().stream()
                .sorted(Comparator.comparingLong(each -> -each.getValue().getSum()))
                .limit(HOLDERS_NAMED_MAX)
                .map(each -> "%d connections of %s hold %d bytes"
                        .formatted(
                                each.getValue().getCount(),
                                each.getKey().getHostAddress(),
                                each.getValue().getSum()))
                .collect(Collectors.joining(", "));
    }

    /**
     * Stops listening and reading, waits for requests in flight, closes the remaining connections after {@code graceMax},
     * and ends the threads.
     */
    public synchronized void stop(Duration graceMax) {
        listening.forEach(channel -> channel.close().awaitUninterruptibly());
        listening.clear();
        connections.values().forEach(connection -> connection.runOnLoop(connection::finish));
        long deadlineNanos = System.nanoTime() + graceMax.toNanos();
        for (Channel channel : connections.keySet()) {
            channel.closeFuture()
                    .awaitUninterruptibly(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
        }
        for (Channel channel : connections.keySet()) {
            channel.close().awaitUninterruptibly();
        }
        acceptor.shutdownGracefully(0, LOOPS_END_SECONDS_MAX, TimeUnit.SECONDS);
        loops.shutdownGracefully(0, LOOPS_END_SECONDS_MAX, TimeUnit.SECONDS);
        loops.terminationFuture().awaitUninterruptibly(LOOPS_END_SECONDS_MAX, TimeUnit.SECONDS);
    }

    private void accept(String listener, SocketChannel channel) {
        InetSocketAddress address = channel.remoteAddress();
        if (address == null) {
            channel.close(); // gone before it was accepted
            return;
        }
        InetAddress peer = address.getAddress();
        if (!counts.tryAdd(peer)) {
            countOf(refused, listener).increment();
            faults.log(peer, "too many connections (max.connections, max.connections.per.ip)");
            channel.close();
            return;
        }
        countOf(accepted, listener).increment();
        Connection connection = new Connection(channel, listener, shared);
        connections.put(channel, connection);
        channel.closeFuture().addListener(closed -> {
            connections.remove(channel);
            counts.remove(peer);
        });
        channel.pipeline()
                .addLast(new IdleStateHandler(true, 0, 0, limits.idleMsMax(), TimeUnit.MILLISECONDS))
                .addLast(connection);
    }

    private static EventLoopGroup loops(int threads, String name) {
        DefaultThreadFactory factory = new DefaultThreadFactory(name, true);
        return Epoll.isAvailable()
                ? new EpollEventLoopGroup(threads, factory)
                : new NioEventLoopGroup(threads, factory);
    }
}

package io.tailrace.systemtests.conformance.driver;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.function.IntPredicate;

/**
 * What each broker of a cluster knows of a topic. A broker other than the one that carried out a change shows it a little later, and
 * Kafka's clients do not let their user choose the broker that they ask: so each is asked here, with a request made by hand.
 */
public final class EveryBroker {
    private static final int ANSWER_MS_MAX = 5_000;
    private static final short METADATA = 3;
    /** The first version whose request does not create the topic. */
    private static final short VERSION = 4;

    private static final int UNKNOWN = -1;

    private EveryBroker() {}

    /**
     * Waits until every broker shows a topic with this many partitions, each with a leader.
     *
     * @param bootstrapServers the addresses of all brokers
     */
    public static void awaitTopic(String bootstrapServers, String topic, int partitions) throws Exception {
        await(bootstrapServers, topic, partitions + " partitions with leaders", led -> led == partitions);
    }

    /** Waits until no broker knows a topic. */
    public static void awaitNoTopic(String bootstrapServers, String topic) throws Exception {
        await(bootstrapServers, topic, "no partition", led -> led == UNKNOWN);
    }

    private static void await(String bootstrapServers, String topic, String what, IntPredicate condition)
            throws Exception {
        for (String broker : bootstrapServers.split(",", -1)) {
            int colon = broker.lastIndexOf(':');
            InetSocketAddress address =
                    new InetSocketAddress(broker.substring(0, colon), Integer.parseInt(broker.substring(colon + 1)));
            Clients.until(what + " of topic " + topic + " at " + broker, () -> condition.test(ledBy(address, topic)));
        }
    }

    /** How many partitions of the topic have leaders; 0 if not all of them have, or the broker does not answer. */
    private static int ledBy(InetSocketAddress broker, String topic) {
        try (Socket socket = new Socket()) {
            socket.connect(broker, ANSWER_MS_MAX);
            socket.setSoTimeout(ANSWER_MS_MAX);
            socket.getOutputStream().write(request(topic));
            return ledPartitions(new DataInputStream(socket.getInputStream()));
        } catch (IOException e) {
            return 0;
        }
    }

    private static byte[] request(String topic) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        byte[] name = topic.getBytes(UTF_8);
        int sizeInBytes = 2 + 2 + 4 + 2 + 4 + 2 + name.length + 1;
        out.writeInt(sizeInBytes);
        out.writeShort(METADATA);
        out.writeShort(VERSION);
        out.writeInt(1); // correlation id
        out.writeShort(-1); // no client id
        out.writeInt(1); // one topic
        out.writeShort(name.length);
        out.write(name);
        out.writeBoolean(false); // do not create it
        return bytes.toByteArray();
    }

    private static int ledPartitions(DataInputStream in) throws IOException {
        in.readInt(); // size
        in.readInt(); // correlation id
        in.readInt(); // throttle time
        for (int brokers = in.readInt(); brokers > 0; brokers--) {
            in.readInt(); // id
            skipText(in); // host
            in.readInt(); // port
            skipText(in); // rack
        }
        skipText(in); // cluster id
        in.readInt(); // controller
        in.readInt(); // one topic
        short error = in.readShort();
        skipText(in); // name
        in.readBoolean(); // internal
        int partitions = in.readInt();
        int led = 0;
        for (int i = 0; i < partitions; i++) {
            in.readShort(); // error
            in.readInt(); // partition
            led += in.readInt() >= 0 ? 1 : 0; // leader
            skipIds(in); // replicas
            skipIds(in); // in sync
        }
        if (error != 0) {
            return UNKNOWN;
        }
        return led == partitions ? led : 0;
    }

    private static void skipText(DataInputStream in) throws IOException {
        in.skipNBytes(Math.max(0, in.readShort()));
    }

    private static void skipIds(DataInputStream in) throws IOException {
        in.skipNBytes(4L * in.readInt());
    }
}

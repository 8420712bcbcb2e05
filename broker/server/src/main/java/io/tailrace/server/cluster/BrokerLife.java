package io.tailrace.server.cluster;

import io.tailrace.log.AtomicFile;
import io.tailrace.replication.cluster.Broker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a broker remembers of its lives, in {@code broker.life} of its first log directory: who it is, since
 * which of its epochs nothing it wrote was lost when it last stopped properly, and with which log directories. That
 * epoch is taken out of the file when it is read, so that a life that ends otherwise leaves none. It counts for a life with
 * the same directories only: what was in another one is lost to this.
 */
final class BrokerLife {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerLife.class);

    private static final String FILE = "broker.life";
    private static final String OWNER = "owner";
    private static final String CLEAN_EPOCH = "clean.epoch";
    private static final String DIRECTORIES = "log.dirs";

    private final Path file;
    private final String owner;
    private final long cleanEpoch;
    private final String directories;

    private BrokerLife(Path file, String owner, long cleanEpoch, String directories) {
        this.file = file;
        this.owner = owner;
        this.cleanEpoch = cleanEpoch;
        this.directories = directories;
    }

    /**
     * Begins a life.
     *
     * @param logDirectories all of them, the first of which keeps the file
     */
    static BrokerLife begin(List<Path> logDirectories) throws IOException {
        Path file = logDirectories.get(0).resolve(FILE);
        String directories = logDirectories.stream()
                .map(path -> path.toAbsolutePath().normalize().toString())
                .sorted()
                .collect(Collectors.joining(","));
        Properties found = new Properties();
        if (Files.exists(file)) {
            try (InputStream in = Files.newInputStream(file)) {
                found.load(in);
            }
        }
        String owner = found.getProperty(OWNER, UUID.randomUUID().toString());
        long epoch = Long.parseLong(found.getProperty(CLEAN_EPOCH, String.valueOf(Broker.NONE)));
        if (epoch != Broker.NONE && !directories.equals(found.getProperty(DIRECTORIES))) {
            LOG.warn(
                    "log.dirs are {} and were {}: what this broker had is not counted on, and is copied from others",
                    directories,
                    found.getProperty(DIRECTORIES));
            epoch = Broker.NONE;
        }
        BrokerLife life = new BrokerLife(file, owner, epoch, directories);
        life.write(Broker.NONE);
        return life;
    }

    /** The same for every life of the broker with these log directories. */
    String owner() {
        return owner;
    }

    /** The epoch of the life before if that was ended properly, else {@link Broker#NONE}. */
    long cleanEpoch() {
        return cleanEpoch;
    }

    /** Ends this life properly: everything written under {@code epoch} is on disk. */
    void end(long epoch) throws IOException {
        write(epoch);
    }

    private void write(long epoch) throws IOException {
        Properties properties = new Properties();
        properties.setProperty(OWNER, owner);
        properties.setProperty(DIRECTORIES, directories);
        if (epoch != Broker.NONE) {
            properties.setProperty(CLEAN_EPOCH, String.valueOf(epoch));
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        properties.store(bytes, null);
        AtomicFile.replace(file, ByteBuffer.wrap(bytes.toByteArray()));
    }
}

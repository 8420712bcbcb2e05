package io.tailrace.server.cluster;

import io.tailrace.log.AtomicFile;
import io.tailrace.replication.cluster.Broker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data that a broker keeps from one run to the next, in the file {@code broker.life} of each log directory: its identity and,
 * after a clean stop, the earliest of its epochs since which nothing it wrote was lost.
 *
 * <p>The epoch is removed from the files when they are read, so that a run without a clean stop leaves none. It counts only if
 * every log directory has it and they are the same directories as before, because another directory may have held records.
 */
final class BrokerLife {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerLife.class);

    private static final String FILE = "broker.life";
    private static final String OWNER = "owner";
    private static final String CLEAN_EPOCH = "clean.epoch";
    private static final String DIRECTORIES = "log.dirs";

    private final List<Path> files;
    private final String owner;
    private final long cleanEpoch;
    private final String directories;

    private BrokerLife(List<Path> files, String owner, long cleanEpoch, String directories) {
        this.files = files;
        this.owner = owner;
        this.cleanEpoch = cleanEpoch;
        this.directories = directories;
    }

    /**
     * Begins a run.
     *
     * @param configured all log directories
     * @param usable those that files can be written to
     */
    static BrokerLife begin(List<Path> configured, List<Path> usable) throws IOException {
        List<Path> files = usable.stream().map(path -> path.resolve(FILE)).toList();
        String directories = configured.stream()
                .map(path -> path.toAbsolutePath().normalize().toString())
                .sorted()
                .collect(Collectors.joining(","));
        List<Properties> found = new ArrayList<>();
        for (Path file : files) {
            found.add(read(file));
        }
        Optional<String> owner = found.stream()
                .map(properties -> properties.getProperty(OWNER))
                .filter(Objects::nonNull)
                .findFirst();
        long epoch = configured.size() == usable.size() ? cleanEpoch(found, directories) : Broker.NONE;
        BrokerLife life =
                new BrokerLife(files, owner.orElseGet(() -> UUID.randomUUID().toString()), epoch, directories);
        for (Path file : files) {
            life.forgetCleanEpoch(file);
        }
        return life;
    }

    /** On a full disk the file is deleted, which needs no space. */
    private void forgetCleanEpoch(Path file) throws IOException {
        try {
            write(file, Broker.NONE);
        } catch (IOException e) {
            LOG.warn("File not written, deleting it; it is written again at the stop: {}: {}", file, e.getMessage());
            Files.deleteIfExists(file);
        }
    }

    /** An unreadable file loses the clean epoch, but does not prevent the start. */
    private static Properties read(Path file) {
        Properties properties = new Properties();
        if (Files.exists(file)) {
            try (InputStream in = Files.newInputStream(file)) {
                properties.load(in);
            } catch (IOException | IllegalArgumentException e) {
                LOG.warn("Unreadable file ignored, this start counts as unclean: {}: {}", file, e.getMessage());
                return new Properties();
            }
        }
        return properties;
    }

    private static long cleanEpoch(List<Properties> found, String directories) {
        List<String> epochs = found.stream()
                .map(properties -> properties.getProperty(CLEAN_EPOCH, ""))
                .distinct()
                .toList();
        if (epochs.size() != 1 || !epochs.get(0).matches("-?\\d{1,18}")) {
            return Broker.NONE;
        }
        String before = found.get(0).getProperty(DIRECTORIES, "");
        if (!directories.equals(before)) {
            LOG.warn(
                    "log.dirs have changed, this start counts as unclean and replicas are copied from others: now {}, before {}",
                    directories,
                    before);
            return Broker.NONE;
        }
        return Long.parseLong(epochs.get(0));
    }

    /** The same for every run with these log directories. */
    String owner() {
        return owner;
    }

    /** The epoch of the run before if that was stopped cleanly, else {@link Broker#NONE}. */
    long cleanEpoch() {
        return cleanEpoch;
    }

    /** Ends this run cleanly: everything written under {@code epoch} is on disk. */
    void end(long epoch) throws IOException {
        for (Path file : files) {
            write(file, epoch);
        }
    }

    private void write(Path file, long epoch) throws IOException {
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

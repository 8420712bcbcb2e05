package io.tailrace.agent.audit;

import io.tailrace.agent.tail.ReadState;
import io.tailrace.agent.tail.ReadState.FileState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Up to which event time everything was read and acknowledged, per topic.
 *
 * <p>It relies on one assumption: the lines of a file are in the order of their event times, except that a line may come
 * up to the disorder late, after lines with later times or after the time on the clock. So a file holds its topic back at
 * the latest event time that was acknowledged of it, or at the time when it was last read to its end, less the disorder.
 * A file of which neither is known does not let its topic advance.
 *
 * <p>Not thread-safe.
 */
public final class ReadFrontier {
    /** What holds a topic back for longer than this is named. */
    private static final long LATE_MS = 60_000;

    private static final int NAMES_MAX = 10;
    private static final long UNKNOWN = -1;

    private final long disorderMs;
    private final Map<String, Long> readUpToMs;
    /** Latest event time of the acknowledged lines, by content. */
    private final Map<String, Long> latestMs = new HashMap<>();

    /**
     * A frontier that continues from a checkpoint.
     *
     * @param disorderMs how late a line may come
     * @param readUpToMs what was stated last, by topic
     */
    public ReadFrontier(long disorderMs, Map<String, Long> readUpToMs) {
        this.disorderMs = disorderMs;
        this.readUpToMs = new TreeMap<>(readUpToMs);
    }

    /**
     * A statement about a topic: docs/format.md, "Records of the audit".
     *
     * @param readUpToMs exclusive; 0 if nothing can be said yet
     * @param behindBytes bytes that are not acknowledged
     * @param waitingFor what holds the topic back for more than a minute, with the reason
     */
    public record Reading(String topic, long readUpToMs, long behindBytes, List<String> waitingFor) {
        public Reading {
            waitingFor = List.copyOf(waitingFor);
        }
    }

    /**
     * Lines of a content were acknowledged.
     *
     * @param latestEventMs the latest of their event times
     * @param nowMs a later event time is an error in the line, and says nothing about the lines after it
     */
    public void acknowledged(String contentId, long latestEventMs, long nowMs) {
        if (latestEventMs <= nowMs) {
            latestMs.merge(contentId, latestEventMs, Math::max);
        }
    }

    /**
     * Advances a topic.
     *
     * @param sources all sources that send to the topic
     */
    public Reading advance(String topic, List<ReadState> sources, long nowMs) {
        long frontierMs = nowMs;
        long behindBytes = 0;
        List<String> waitingFor = new ArrayList<>();
        for (ReadState source : sources) {
            frontierMs = Math.min(frontierMs, source.obstacles().isEmpty() ? source.scannedMs() : UNKNOWN);
            waitingFor.addAll(source.obstacles());
            for (FileState file : source.files()) {
                long reachedMs = Math.max(file.caughtUpMs(), latestMs.getOrDefault(file.contentId(), UNKNOWN));
                frontierMs = Math.min(frontierMs, reachedMs);
                behindBytes += file.backlogBytes();
                if (reachedMs < nowMs - LATE_MS) {
                    waitingFor.add(file.path() + ": " + reason(file));
                }
            }
        }
        return advance(topic, frontierMs, behindBytes, waitingFor);
    }

    private static String reason(FileState file) {
        return file.endIncomplete()
                ? "its end is incomplete"
                : file.backlogBytes() + " bytes not read or not acknowledged";
    }

    /**
     * Advances the topic of the dead letters. Their event time is that of the rejection, so only lines that are sent and
     * not acknowledged hold it back.
     *
     * @param sources all sources
     */
    public Reading advanceDeadLetters(String topic, List<ReadState> sources, long nowMs) {
        long frontierMs = nowMs;
        for (ReadState source : sources) {
            frontierMs = Math.min(frontierMs, source.scannedMs());
            for (FileState file : source.files()) {
                if (file.unacknowledgedMs() != UNKNOWN) {
                    frontierMs = Math.min(frontierMs, file.unacknowledgedMs());
                }
            }
        }
        return advance(topic, frontierMs, 0, List.of());
    }

    private Reading advance(String topic, long frontierMs, long behindBytes, List<String> waitingFor) {
        long upToMs = Math.max(readUpToMs.getOrDefault(topic, 0L), frontierMs - disorderMs);
        readUpToMs.put(topic, upToMs);
        return new Reading(
                topic,
                upToMs,
                behindBytes,
                waitingFor.stream().sorted().distinct().limit(NAMES_MAX).toList());
    }

    /** Forgets contents that no source has any more. */
    public void retain(List<ReadState> sources) {
        Set<String> followed = new HashSet<>();
        sources.forEach(source -> source.files().forEach(file -> followed.add(file.contentId())));
        latestMs.keySet().retainAll(followed);
    }

    /** What was stated last, by topic. */
    public Map<String, Long> readUpToMs() {
        return Map.copyOf(readUpToMs);
    }
}

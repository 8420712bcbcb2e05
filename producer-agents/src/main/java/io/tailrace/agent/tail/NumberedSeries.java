package io.tailrace.agent.tail;

import io.tailrace.agent.tail.RotationMatcher.Numbered;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The contents whose names differ in a number only, by their first bytes. A content whose file has grown since it was added is found by
 * fewer bytes than are known, so that what is found has to be compared. Not thread-safe.
 */
final class NumberedSeries {
    private final String series;
    private final Map<FollowedFile, Member> members = new HashMap<>();
    private final NavigableSet<Member> byNumber = new TreeSet<>(Member.BY_NUMBER);
    private final NavigableSet<Member> missing = new TreeSet<>(Member.BY_NUMBER);
    private final NavigableMap<Head, NavigableSet<Member>> byHead = new TreeMap<>(Head::compareTo);
    /** Those of which only a hash of the first bytes is known, by how many it covers. */
    private final NavigableMap<Integer, Hashed> hashed = new TreeMap<>();

    /**
     * A content as it was when it was added.
     *
     * @param number the lowest in its names
     * @param order its place among all contents
     * @param knownTo how far its bytes are known
     * @param head its first bytes; null if only a hash of them is known
     * @param position the one with that hash
     */
    private record Member(
            FollowedFile file,
            int number,
            long order,
            long knownTo,
            @Nullable Head head,
            ReadPosition position) {
        private static final Comparator<Member> BY_NUMBER =
                Comparator.comparingInt(Member::number).thenComparingLong(Member::order);
        private static final Comparator<Member> LONGEST_FIRST =
                Comparator.comparingLong(Member::knownTo).reversed().thenComparingLong(Member::order);
    }

    /** Those whose hashes cover as many bytes. */
    private static final class Hashed {
        private final Map<String, NavigableSet<Member>> byHash = new HashMap<>();
        /** All of them, even those that are kept. */
        private final NavigableSet<Member> longestFirst = new TreeSet<>(Member.LONGEST_FIRST);
    }

    /** @param series as in {@link Numbered} */
    NumberedSeries(String series) {
        this.series = series;
    }

    /** @param order its place among all contents */
    void add(FollowedFile file, long order) {
        OptionalInt number = RotationMatcher.names(file).stream()
                .flatMap(name -> RotationMatcher.numbered(name).stream())
                .filter(numbered -> numbered.series().equals(series))
                .mapToInt(Numbered::number)
                .min();
        if (number.isEmpty()) {
            return;
        }
        KnownBytes known = file.known();
        Member member = new Member(
                file, number.getAsInt(), order, file.knownTo(), known.head().orElse(null), known.hashed());
        members.put(file, member);
        byNumber.add(member);
        if (file.state() == FollowedFile.State.MISSING) {
            missing.add(member);
        }
        if (member.head != null) {
            byHead.computeIfAbsent(member.head, each -> new TreeSet<>(Member.BY_NUMBER))
                    .add(member);
        } else {
            Hashed alike = hashed.computeIfAbsent(member.position.headBytes(), each -> new Hashed());
            alike.longestFirst.add(member);
            alike.byHash
                    .computeIfAbsent(member.position.headHash(), each -> new TreeSet<>(Member.BY_NUMBER))
                    .add(member);
        }
    }

    void remove(FollowedFile file) {
        setKept(file);
        @Nullable Member member = members.remove(file);
        if (member != null) {
            byNumber.remove(member);
            missing.remove(member);
            if (member.head == null) {
                hashed.computeIfPresent(member.position.headBytes(), (bytes, alike) -> {
                    alike.longestFirst.remove(member);
                    return alike.longestFirst.isEmpty() ? null : alike;
                });
            }
        }
    }

    /** A content's own file still holds it. It is no longer found by its first bytes. */
    void setKept(FollowedFile file) {
        @Nullable Member member = members.get(file);
        if (member == null) {
            return;
        }
        if (member.head != null) {
            byHead.computeIfPresent(member.head, (head, alike) -> without(alike, member));
        } else {
            hashed.computeIfPresent(member.position.headBytes(), (bytes, alike) -> {
                alike.byHash.computeIfPresent(member.position.headHash(), (hash, same) -> without(same, member));
                return alike;
            });
        }
    }

    private static @Nullable NavigableSet<Member> without(NavigableSet<Member> alike, Member member) {
        alike.remove(member);
        return alike.isEmpty() ? null : alike;
    }

    /** Whether there may be contents with a lower number, or some whose file is missing. */
    boolean hasBefore(int number, boolean isMissing) {
        NavigableSet<Member> all = isMissing ? missing : byNumber;
        return !all.isEmpty() && all.first().number < number;
    }

    /** A search for those that come before a number and are accepted. */
    record Search(int number, Predicate<FollowedFile> accepts, Set<FollowedFile> found) {
        private void addAll(NavigableSet<Member> members) {
            members.stream()
                    .takeWhile(member -> member.number < number)
                    .filter(member -> accepts.test(member.file))
                    .forEach(member -> found.add(member.file));
        }

        private void addFirst(NavigableSet<Member> members) {
            members.stream()
                    .filter(member -> member.number < number && accepts.test(member.file))
                    .findFirst()
                    .ifPresent(member -> found.add(member.file));
        }
    }

    /** Adds those that may begin like a head. */
    void find(Head head, Search search) {
        for (var alike : byHead.tailMap(head, true).entrySet()) {
            if (!alike.getKey().startsWith(head)) {
                break;
            }
            search.addAll(alike.getValue());
        }
        Map.@Nullable Entry<Head, NavigableSet<Member>> shorter = byHead.lowerEntry(head);
        while (shorter != null) {
            Head common = head.common(shorter.getKey());
            if (common.length() == shorter.getKey().length()) {
                search.addAll(shorter.getValue());
                shorter = byHead.lowerEntry(shorter.getKey());
            } else {
                // What the head begins with and is lower is no longer than this.
                shorter = byHead.floorEntry(common);
            }
        }
        hashed.headMap(head.length(), true).forEach((bytes, alike) -> {
            @Nullable NavigableSet<Member> equal = alike.byHash.get(head.hash(bytes));
            if (equal != null) {
                search.addAll(equal);
            }
        });
    }

    /** Adds, of those for which a head is too short to decide, one, or the longest for each length that is needed. */
    void findUndecided(Head head, Search search) {
        if (head.length() == 0) {
            search.addFirst(byNumber);
        } else {
            hashed.tailMap(head.length(), false).values().forEach(alike -> search.addFirst(alike.longestFirst));
        }
    }
}

package io.tailrace.groups.consumer;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.tailrace.groups.ClusterSnapshot;
import io.tailrace.groups.ConsumerMember;
import io.tailrace.protocol.group.ConsumerGroupRegularExpressionValue;
import io.tailrace.protocol.group.OffsetsTopic;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The regular expressions that members subscribe to, in RE2 syntax, which matches in linear time. */
final class TopicPatterns {
    /** Topics of the cluster itself, which no pattern matches. */
    private static final Set<String> INTERNAL = Set.of(OffsetsTopic.NAME, "__transaction_state", "__share_group_state");

    private TopicPatterns() {}

    /** The error in a pattern; empty if it is valid. */
    static Optional<String> error(String regex) {
        try {
            Pattern.compile(regex);
            return Optional.empty();
        } catch (PatternSyntaxException e) {
            return Optional.of(
                    "SubscribedTopicRegex \"" + regex + "\" is not a valid RE2 expression: " + e.getDescription());
        }
    }

    /** Matches a pattern that is new to the group. */
    static void add(GroupDraft draft, String regex, ClusterSnapshot cluster, long nowMs) {
        if (!draft.patterns().containsKey(regex)) {
            draft.putPattern(regex, match(regex, cluster, nowMs));
        }
    }

    /** Matches all patterns again. A record changes only if its topics do. */
    static void refresh(GroupDraft draft, ClusterSnapshot cluster, long nowMs) {
        for (var pattern : draft.patterns().entrySet()) {
            ConsumerGroupRegularExpressionValue matched = match(pattern.getKey(), cluster, nowMs);
            if (!matched.topics().equals(pattern.getValue().topics())) {
                draft.putPattern(pattern.getKey(), matched);
            }
        }
    }

    /** Removes a member's former pattern if no member has it any more. */
    static void removeUnused(GroupDraft draft, @Nullable String regex) {
        if (regex != null && draft.members().values().stream().noneMatch(member -> regex.equals(of(member)))) {
            draft.removePattern(regex);
        }
    }

    private static @Nullable String of(ConsumerMember member) {
        return member.metadata().subscribedTopicRegex();
    }

    /** The topics whose whole names match. */
    private static ConsumerGroupRegularExpressionValue match(String regex, ClusterSnapshot cluster, long nowMs) {
        Pattern pattern = Pattern.compile(regex);
        List<String> matching = cluster.topicNames().stream()
                .filter(name -> !INTERNAL.contains(name) && pattern.matches(name))
                .sorted()
                .toList();
        return new ConsumerGroupRegularExpressionValue(matching, cluster.version(), nowMs);
    }

    /** The topics that a member's pattern matches. */
    static List<String> matched(ConsumerMember member, Map<String, ConsumerGroupRegularExpressionValue> patterns) {
        String regex = of(member);
        ConsumerGroupRegularExpressionValue matched = regex == null ? null : patterns.get(regex);
        return matched == null ? List.of() : matched.topics();
    }
}

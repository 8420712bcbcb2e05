package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DescribeConfigsRequest;
import io.tailrace.protocol.message.DescribeConfigsResponse;
import io.tailrace.protocol.message.IncrementalAlterConfigsRequest;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Reads and changes settings of topics and brokers. Any broker reports them. The controller changes a topic's, and each
 * broker its own. */
final class ConfigCalls {
    private final AdminCalls calls;

    ConfigCalls(AdminCalls calls) {
        this.calls = calls;
    }

    Map<String, List<ConfigEntry>> topicConfigs(Collection<String> topics) {
        if (topics.isEmpty()) {
            return Map.of();
        }
        DescribeConfigsRequest request = new DescribeConfigsRequest(
                topics.stream()
                        .map(topic -> new DescribeConfigsRequest.Resource(DescribeConfigsRequest.TOPIC, topic, null))
                        .toList(),
                false,
                false);
        return calls.call("configuration of topics", () -> calls.ask(request).thenApply(answer -> {
            Map<String, List<ConfigEntry>> configs = new LinkedHashMap<>();
            for (DescribeConfigsResponse.Result result : answer.results()) {
                AdminCalls.checkExisting(result.errorCode(), "topic " + result.resourceName(), result.errorMessage());
                configs.put(result.resourceName(), entries(result));
            }
            return configs;
        }));
    }

    private static List<ConfigEntry> entries(DescribeConfigsResponse.Result result) {
        return result.configs().stream()
                .map(entry -> new ConfigEntry(
                        entry.name(),
                        entry.isSensitive() ? null : entry.value(),
                        entry.configSource() != DescribeConfigsResponse.SOURCE_TOPIC))
                .sorted(Comparator.comparing(ConfigEntry::name))
                .toList();
    }

    void configureTopic(String topic, Map<String, Optional<String>> changes) {
        change("topic " + topic, DescribeConfigsRequest.TOPIC, topic, changes, calls::controller);
    }

    void configureBroker(int broker, Map<String, Optional<String>> changes) {
        change(
                "broker " + broker,
                DescribeConfigsRequest.BROKER,
                String.valueOf(broker),
                changes,
                () -> calls.broker(broker));
    }

    private void change(
            String what,
            byte resourceType,
            String resourceName,
            Map<String, Optional<String>> changes,
            Supplier<CompletableFuture<InetSocketAddress>> where) {
        List<IncrementalAlterConfigsRequest.Config> configs = new ArrayList<>();
        changes.forEach((name, value) -> configs.add(new IncrementalAlterConfigsRequest.Config(
                name,
                value.isPresent() ? IncrementalAlterConfigsRequest.SET : IncrementalAlterConfigsRequest.DELETE,
                value.orElse(null))));
        IncrementalAlterConfigsRequest request = new IncrementalAlterConfigsRequest(
                List.of(new IncrementalAlterConfigsRequest.Resource(resourceType, resourceName, configs)), false);
        calls.change("configure " + what, where, request, ErrorCode.NONE, answer -> answer.responses().stream()
                .map(each -> new AdminCalls.Outcome(what, each.errorCode(), each.errorMessage())));
    }
}

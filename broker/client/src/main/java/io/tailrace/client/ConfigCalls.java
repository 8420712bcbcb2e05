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

/**
 * Reads and changes settings of topics, groups and brokers. Any broker reports settings. The controller changes settings of
 * topics and groups; each broker changes its own.
 */
final class ConfigCalls {
    private static final String TOPIC = "topic ";
    private static final String GROUP = "group ";
    private static final String BROKER = "broker ";

    private final AdminCalls calls;

    ConfigCalls(AdminCalls calls) {
        this.calls = calls;
    }

    Map<String, List<ConfigEntry>> topicConfigs(Collection<String> topics) {
        return topics.isEmpty()
                ? Map.of()
                : configs(
                        TOPIC, DescribeConfigsRequest.TOPIC, topics, DescribeConfigsResponse.SOURCE_TOPIC, calls::ask);
    }

    /** Each broker knows only its own settings. */
    List<ConfigEntry> brokerConfig(int broker) {
        String name = String.valueOf(broker);
        return configs(
                        BROKER,
                        DescribeConfigsRequest.BROKER,
                        List.of(name),
                        DescribeConfigsResponse.SOURCE_STATIC_BROKER,
                        request -> calls.broker(broker)
                                .thenCompose(address -> calls.network().send(address, request, calls.timeoutMs())))
                .getOrDefault(name, List.of());
    }

    List<ConfigEntry> groupConfig(String group) {
        return configs(
                        GROUP,
                        DescribeConfigsRequest.GROUP,
                        List.of(group),
                        DescribeConfigsResponse.SOURCE_GROUP,
                        calls::ask)
                .getOrDefault(group, List.of());
    }

    /** Sends a request to a broker that can answer it. */
    private interface Asking {
        CompletableFuture<DescribeConfigsResponse> ask(DescribeConfigsRequest request);
    }

    /** @param ownSource the source of settings that are made for the resource itself */
    private Map<String, List<ConfigEntry>> configs(
            String what, byte resourceType, Collection<String> names, byte ownSource, Asking asking) {
        DescribeConfigsRequest request = new DescribeConfigsRequest(
                names.stream()
                        .map(name -> new DescribeConfigsRequest.Resource(resourceType, name, null))
                        .toList(),
                false,
                false);
        return calls.call("configuration of " + what + String.join(", ", names), () -> asking.ask(request)
                .thenApply(answer -> {
                    Map<String, List<ConfigEntry>> configs = new LinkedHashMap<>();
                    for (DescribeConfigsResponse.Result result : answer.results()) {
                        AdminCalls.checkExisting(
                                result.errorCode(), what + result.resourceName(), result.errorMessage());
                        configs.put(result.resourceName(), entries(result, ownSource));
                    }
                    return configs;
                }));
    }

    private static List<ConfigEntry> entries(DescribeConfigsResponse.Result result, byte ownSource) {
        return result.configs().stream()
                .map(entry -> new ConfigEntry(
                        entry.name(), entry.isSensitive() ? null : entry.value(), entry.configSource() != ownSource))
                .sorted(Comparator.comparing(ConfigEntry::name))
                .toList();
    }

    void configureTopic(String topic, Map<String, Optional<String>> changes) {
        change(TOPIC + topic, DescribeConfigsRequest.TOPIC, topic, changes, calls::controller);
    }

    void configureGroup(String group, Map<String, Optional<String>> changes) {
        change(GROUP + group, DescribeConfigsRequest.GROUP, group, changes, calls::controller);
    }

    void configureBroker(int broker, Map<String, Optional<String>> changes) {
        change(
                BROKER + broker,
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

package io.tailrace.server.api;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DescribeConfigsRequest;
import io.tailrace.protocol.message.DescribeConfigsResponse;
import io.tailrace.protocol.message.DescribeConfigsResponse.Synonym;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.TopicImage;
import io.tailrace.server.cluster.ClusterView;
import io.tailrace.server.config.BrokerConfig;
import io.tailrace.server.config.BrokerConfigEntry;
import io.tailrace.server.config.DynamicBrokerKeys;
import io.tailrace.server.config.GroupOverrides;
import io.tailrace.server.config.SettingInfo;
import io.tailrace.server.config.TopicDefaults;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Describes the configuration of topics, of groups and of this broker, and the source of each value. */
public final class DescribeConfigsHandler implements RequestHandler<DescribeConfigsRequest, DescribeConfigsResponse> {
    private final ClusterView cluster;
    private final BrokerConfig config;
    private final GroupOverrides groups;

    /** Describes this broker's configuration and that of the cluster's topics and groups. */
    public DescribeConfigsHandler(ClusterView cluster, BrokerConfig config) {
        this.cluster = cluster;
        this.config = config;
        this.groups = new GroupOverrides(config.groups().consumer());
    }

    @Override
    public ApiKey api() {
        return ApiKey.DESCRIBE_CONFIGS;
    }

    @Override
    public void handle(DescribeConfigsRequest request, Call<DescribeConfigsResponse> call) {
        List<DescribeConfigsResponse.Result> results = new ArrayList<>();
        for (DescribeConfigsRequest.Resource resource : new LinkedHashSet<>(request.resources())) {
            Description description = new Description(resource, request);
            results.add(
                    switch (resource.resourceType()) {
                        case DescribeConfigsRequest.TOPIC -> topic(description);
                        case DescribeConfigsRequest.BROKER -> broker(description);
                        case DescribeConfigsRequest.GROUP -> group(description);
                        default ->
                            description.refused(
                                    ErrorCode.INVALID_REQUEST, "expected a topic (2), a broker (4) or a group (32)");
                    });
        }
        call.answer(new DescribeConfigsResponse(0, results));
    }

    private DescribeConfigsResponse.Result topic(Description description) {
        Optional<TopicImage> topic = cluster.get().topic(description.resource());
        if (topic.isEmpty()) {
            return description.refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, null);
        }
        Map<String, String> own = topic.get().configs();
        config.topicDefaults().all().forEach((name, otherwise) -> {
            List<Synonym> values = new ArrayList<>();
            if (own.containsKey(name)) {
                values.add(new Synonym(name, own.get(name), DescribeConfigsResponse.SOURCE_TOPIC));
            }
            values.add(new Synonym(otherwise.brokerKey(), otherwise.text(), source(otherwise)));
            description.add(TopicDefaults.info(name), values, false);
        });
        return description.result();
    }

    /** A group that does not exist can have settings, too. */
    private DescribeConfigsResponse.Result group(Description description) {
        if (description.resource().isEmpty()) {
            return description.refused(ErrorCode.INVALID_REQUEST, "expected the id of a group, found none");
        }
        Map<String, String> own = cluster.get().groupConfig(description.resource());
        groups.keys().forEach(key -> {
            List<Synonym> values = new ArrayList<>();
            if (own.containsKey(key.name())) {
                values.add(new Synonym(key.name(), own.get(key.name()), DescribeConfigsResponse.SOURCE_GROUP));
            }
            values.add(brokerValue(key.name(), String.valueOf(key.defaultText())));
            description.add(SettingInfo.of(key), values, false);
        });
        return description.result();
    }

    private Synonym brokerValue(String groupKey, String defaultText) {
        return config.entries().stream()
                .filter(entry -> entry.name().equals(GroupOverrides.brokerKey(groupKey)))
                .findFirst()
                .map(entry -> new Synonym(entry.name(), entry.text(), source(entry)))
                .orElseGet(() -> new Synonym(groupKey, defaultText, DescribeConfigsResponse.SOURCE_DEFAULT));
    }

    private DescribeConfigsResponse.Result broker(Description description) {
        Map<String, Map<String, String>> dynamic = cluster.get().brokerConfigs();
        Map<String, String> forAll = dynamic.getOrDefault(ClusterImage.ALL_BROKERS, Map.of());
        if (description.resource().isEmpty()) {
            DynamicBrokerKeys.all().forEach(info -> {
                String value = forAll.get(info.name());
                if (value != null) {
                    byte source = DescribeConfigsResponse.SOURCE_DYNAMIC_DEFAULT_BROKER;
                    description.add(info, List.of(new Synonym(info.name(), value, source)), false);
                }
            });
        } else if (description.resource().equals(String.valueOf(config.brokerId()))) {
            Map<String, String> own = dynamic.getOrDefault(description.resource(), Map.of());
            DynamicBrokerKeys.all().forEach(info -> description.add(info, dynamic(info, own, forAll), false));
            for (BrokerConfigEntry entry : config.entries()) {
                List<Synonym> values = List.of(new Synonym(entry.name(), entry.text(), source(entry)));
                description.add(entry.info(), values, true);
            }
        } else {
            return description.refused(
                    ErrorCode.INVALID_REQUEST,
                    "this is broker " + config.brokerId() + ": ask broker " + description.resource() + " itself");
        }
        return description.result();
    }

    static byte source(TopicDefaults.Default value) {
        return value.configured()
                ? DescribeConfigsResponse.SOURCE_STATIC_BROKER
                : DescribeConfigsResponse.SOURCE_DEFAULT;
    }

    private static byte source(BrokerConfigEntry entry) {
        return entry.configured()
                ? DescribeConfigsResponse.SOURCE_STATIC_BROKER
                : DescribeConfigsResponse.SOURCE_DEFAULT;
    }

    private static List<Synonym> dynamic(SettingInfo info, Map<String, String> own, Map<String, String> forAll) {
        String name = info.name();
        List<Synonym> values = new ArrayList<>();
        if (own.containsKey(name)) {
            values.add(new Synonym(name, own.get(name), DescribeConfigsResponse.SOURCE_DYNAMIC_BROKER));
        }
        if (forAll.containsKey(name)) {
            values.add(new Synonym(name, forAll.get(name), DescribeConfigsResponse.SOURCE_DYNAMIC_DEFAULT_BROKER));
        }
        values.add(new Synonym(name, info.defaultText(), DescribeConfigsResponse.SOURCE_DEFAULT));
        return values;
    }

    /** The answer for one resource, with the settings and details that the client asks for. */
    private static final class Description {
        private final DescribeConfigsRequest.Resource asked;
        private final DescribeConfigsRequest request;
        private final List<DescribeConfigsResponse.Config> configs = new ArrayList<>();

        Description(DescribeConfigsRequest.Resource asked, DescribeConfigsRequest request) {
            this.asked = asked;
            this.request = request;
        }

        String resource() {
            return asked.resourceName();
        }

        /** @param values in order of precedence; the first is in force */
        void add(SettingInfo info, List<Synonym> values, boolean readOnly) {
            List<String> keys = asked.configurationKeys();
            if (keys != null && !keys.contains(info.name())) {
                return;
            }
            Synonym inForce = values.get(0);
            configs.add(new DescribeConfigsResponse.Config(
                    info.name(),
                    inForce.value(),
                    readOnly,
                    inForce.source(),
                    false,
                    request.includeSynonyms() ? values : List.of(),
                    info.type(),
                    request.includeDocumentation() ? info.doc() : null));
        }

        DescribeConfigsResponse.Result result() {
            return new DescribeConfigsResponse.Result(
                    ErrorCode.NONE, null, asked.resourceType(), asked.resourceName(), configs);
        }

        DescribeConfigsResponse.Result refused(ErrorCode error, @Nullable String message) {
            return new DescribeConfigsResponse.Result(
                    error, message, asked.resourceType(), asked.resourceName(), List.of());
        }
    }
}

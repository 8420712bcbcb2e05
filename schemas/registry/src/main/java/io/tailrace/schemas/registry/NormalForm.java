package io.tailrace.schemas.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tailrace.schemas.SchemaReference;
import io.tailrace.schemas.SchemaText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * One text for schemas that mean the same: attributes have a fixed order, Avro's first and then others by name, and
 * references are sorted, each once. Documentation, aliases and defaults remain.
 */
final class NormalForm {
    private static final List<String> AVRO_ATTRIBUTES = List.of(
            "type",
            "name",
            "namespace",
            "doc",
            "size",
            "symbols",
            "items",
            "values",
            "fields",
            "default",
            "order",
            "aliases",
            "logicalType",
            "precision",
            "scale");

    private static final Comparator<String> ATTRIBUTES =
            Comparator.comparingInt(NormalForm::rank).thenComparing(Comparator.naturalOrder());

    private static final Comparator<SchemaReference> REFERENCES = Comparator.comparing(SchemaReference::name)
            .thenComparing(SchemaReference::subject)
            .thenComparingInt(SchemaReference::version);

    private NormalForm() {}

    /** @param canonical a schema as Avro prints it */
    static SchemaText of(SchemaText canonical) {
        try {
            String json = sorted(RegistryApi.JSON.readTree(canonical.json())).toString();
            return new SchemaText(
                    json,
                    canonical.references().stream()
                            .sorted(REFERENCES)
                            .distinct()
                            .toList());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Avro printed a schema that is not JSON: " + canonical, e);
        }
    }

    private static JsonNode sorted(JsonNode node) {
        if (node.isArray()) {
            ArrayNode array = RegistryApi.JSON.createArrayNode();
            node.forEach(each -> array.add(sorted(each)));
            return array;
        }
        if (!node.isObject()) {
            return node;
        }
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        names.sort(ATTRIBUTES);
        ObjectNode object = RegistryApi.JSON.createObjectNode();
        names.forEach(name -> object.set(name, sorted(node.path(name))));
        return object;
    }

    private static int rank(String attribute) {
        int rank = AVRO_ATTRIBUTES.indexOf(attribute);
        return rank < 0 ? AVRO_ATTRIBUTES.size() : rank;
    }
}

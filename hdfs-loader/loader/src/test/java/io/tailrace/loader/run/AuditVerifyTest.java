package io.tailrace.loader.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.loader.audit.AuditServices;
import io.tailrace.loader.audit.AuditTopicNames;
import io.tailrace.loader.audit.HostAudit;
import io.tailrace.loader.audit.Verdict;
import io.tailrace.loader.commit.CommitLog;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.FileAudit;
import io.tailrace.loader.table.RowMapper;
import io.tailrace.loader.task.StoredRows;
import io.tailrace.loader.verify.FileVerifier;
import io.tailrace.loader.verify.VerifiedFile;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.schemas.FramedAvroEncoder;
import io.tailrace.schemas.SchemaRegistryClient;
import io.tailrace.schemas.Schemas;
import io.tailrace.schemas.audit.CanonicalEncoder;
import io.tailrace.schemas.audit.ContentHash;
import io.tailrace.schemas.audit.ContentSum;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes rows of files whose footers, and so the sums in them, stay as they were. */
class AuditVerifyTest {
    private static final TopicPartition COUNTS = new TopicPartition("tailrace-audit", 0);
    private static final TopicPartition PROGRESS = new TopicPartition("tailrace-audit-progress", 0);
    private static final long HOUR_MS = 3_600_000;
    private static final long START_MS = AccessLog.START.toEpochMilli();
    private static final int EDITS = 1_000;

    private static final Schema LINE = Schemas.of("""
            {"type":"record","name":"Line","fields":[
             {"name":"host","type":"string"},
             {"name":"byteOffset","type":"int"},
             {"name":"eventTime","type":{"type":"long","logicalType":"timestamp-millis"}},
             {"name":"user","type":["null","string"],"default":null},
             {"name":"amount","type":{"type":"bytes","logicalType":"decimal","precision":50,"scale":2}},
             {"name":"fields","type":{"type":"map","values":"string"}}]}""");

    /** The next version, with a promoted and an added field. */
    private static final Schema NEXT_LINE = Schemas.of("""
            {"type":"record","name":"Line","fields":[
             {"name":"added","type":"string","default":"none"},
             {"name":"host","type":"string"},
             {"name":"byteOffset","type":"long"},
             {"name":"eventTime","type":{"type":"long","logicalType":"timestamp-millis"}},
             {"name":"user","type":["null","string"],"default":null},
             {"name":"amount","type":{"type":"bytes","logicalType":"decimal","precision":50,"scale":2}},
             {"name":"fields","type":{"type":"map","values":"string"}}]}""");

    private final FakeCluster cluster =
            new FakeCluster().with(AccessLog.P0).with(AccessLog.P1).with(COUNTS).with(PROGRESS);
    private FakeRegistry registry = new FakeRegistry();
    private final FramedAvroEncoder encoder = new FramedAvroEncoder();
    private final AtomicLong verified = new AtomicLong();
    private TestLoader loader;
    private long sequence;

    @BeforeEach
    void open(@TempDir Path dir) throws IOException {
        loader = new TestLoader(new org.apache.hadoop.fs.Path(dir.toUri()), new Configuration(), cluster, registry);
    }

    @AfterEach
    void close() throws IOException {
        loader.close();
    }

    private int id(String topic, Schema schema) {
        return registry.register(SchemaRegistryClient.valueSubject(topic), schema);
    }

    /** Sends lines of two hosts, and lets their agents report them. */
    private void send(Schema schema, int lines, long hourMs) {
        int id = id(AccessLog.TOPIC, schema);
        for (String host : List.of("web1", "web2")) {
            ContentSum sum = ContentSum.ZERO;
            for (int i = 0; i < lines; i++) {
                GenericRecord line = new GenericData.Record(schema);
                line.put("host", host);
                line.put("byteOffset", schema.equals(LINE) ? (Object) (i * 100) : (Object) (i * 100L));
                line.put("eventTime", hourMs + i);
                line.put("user", i % 3 == 0 ? null : "user" + i);
                line.put("amount", java.nio.ByteBuffer.wrap(new byte[] {(byte) i}));
                line.put("fields", Map.of("z", "1", "a", "x" + i));
                if (schema.equals(NEXT_LINE)) {
                    line.put("added", "value" + i);
                }
                cluster.append(i % 2 == 0 ? AccessLog.P0 : AccessLog.P1, hourMs + i, encoder.encode(id, line));
                sum = sum.plus(ContentHash.of(new CanonicalEncoder().encode(schema, line)));
            }
            report(host, sum, hourMs);
        }
    }

    private void report(String host, ContentSum sum, long hourMs) {
        GenericRecord count = new GenericData.Record(Schemas.AUDIT_COUNT);
        count.put("host", host);
        count.put("agent", "a1");
        count.put("sequence", sequence++);
        count.put("topic", AccessLog.TOPIC);
        count.put("windowStart", hourMs);
        count.put("windowMs", 600_000L);
        count.put("count", sum.count());
        Schema fixed = Schemas.AUDIT_COUNT.getField("sum").schema().getTypes().get(1);
        count.put("sum", new GenericData.Fixed(fixed, sum.sumBytes()));
        count.put("rejected", 0L);
        cluster.append(COUNTS, hourMs, encoder.encode(id(COUNTS.topic(), Schemas.AUDIT_COUNT), count));
        GenericRecord progress = new GenericData.Record(Schemas.AUDIT_PROGRESS);
        progress.put("host", host);
        progress.put("agent", "a1");
        progress.put("topic", AccessLog.TOPIC);
        progress.put("readUpTo", hourMs + HOUR_MS);
        progress.put("nextSequence", 0L);
        progress.put("reportedTime", hourMs + HOUR_MS);
        progress.put("stopped", false);
        progress.put("behindBytes", 0L);
        progress.put("waitingFor", List.of());
        cluster.append(PROGRESS, 0, encoder.encode(id(PROGRESS.topic(), Schemas.AUDIT_PROGRESS), progress));
    }

    /** Loads two hours, of which the second has rows of both schemas. */
    private void load() throws IOException {
        send(LINE, 10, START_MS);
        send(LINE, 10, START_MS + HOUR_MS);
        loader.load();
        send(NEXT_LINE, 10, START_MS + HOUR_MS);
        send(LINE, 6, START_MS + HOUR_MS);
        loader.load();
    }

    private List<HostAudit> audit(boolean verify) throws IOException {
        AuditServices services = new AuditServices(
                cluster.admin(),
                cluster::consumer,
                registry,
                loader.store,
                System::nanoTime,
                InstantSource.fixed(TestLoader.NOW));
        AuditRun run = verify
                ? new AuditRun(loader.root, services, new AuditRun.Verification((topic, rows) -> counting(), () -> {}))
                : new AuditRun(loader.root, services);
        return run.run(
                new AuditTopicNames(COUNTS.topic(), PROGRESS.topic()),
                List.of(AccessLog.TOPIC),
                hour -> true,
                Set.of());
    }

    private VerifyProgress counting() {
        return new VerifyProgress() {
            @Override
            public void verified(long rows) {
                verified.addAndGet(rows);
            }

            @Override
            public void close() {}
        };
    }

    private List<Verdict> verdicts(boolean verify) throws IOException {
        return audit(verify).stream().map(HostAudit::verdict).toList();
    }

    private List<DataFile> files() throws IOException {
        return new CommitLog(loader.store, loader.layout()).state().files();
    }

    private Path path(DataFile file) {
        return Path.of(loader.layout().file(file).toUri());
    }

    private static GenericRecord copy(GenericRecord row) {
        return GenericData.get().deepCopy(row.getSchema(), row);
    }

    /** Changes one column of a row to another value. */
    private static void edit(GenericRecord row, Random random) {
        String column = row.getSchema()
                .getFields()
                .get(random.nextInt(row.getSchema().getFields().size()))
                .name();
        Object value = row.get(column);
        switch (column) {
            case RowMapper.OFFSET -> row.put(column, 1_000_000L + random.nextInt(9));
            case RowMapper.PARTITION -> row.put(column, 7);
            case RowMapper.SCHEMA -> row.put(column, (Integer) value == 1 ? 2 : 1);
            case "amount" -> row.put(column, value + "1");
            case "fields" -> row.put(column, Map.of("z", "1", "a", "edited" + random.nextInt(9)));
            case "user" -> row.put(column, value == null ? "" : null);
            case "byte_offset" -> row.put(column, value instanceof Long number ? (Object) (number + 1) : (Object) 7);
            default -> row.put(column, value instanceof Long number ? (Object) (number + 1) : value + "!");
        }
    }

    private static void change(List<GenericRecord> rows, List<GenericRecord> others, Random random) {
        int at = random.nextInt(rows.size());
        switch (random.nextInt(5)) {
            case 0, 1 -> edit(rows.get(at), random);
            case 2 -> rows.remove(at);
            case 3 -> rows.add(copy(rows.get(at)));
            default -> {
                // Moved here from another file, in place of one that is lost.
                rows.set(at, others.get(random.nextInt(others.size())));
            }
        }
    }

    private FileVerifier verifier() {
        return new FileVerifier(
                new FileVerifier.Input(
                        loader.store,
                        loader.layout(),
                        registry,
                        new StoredRows(loader.store, loader.layout(), () -> {}),
                        verified::addAndGet),
                AccessLog.TOPIC);
    }

    private static boolean isAltered(VerifiedFile file) {
        return file.damage().isPresent()
                || file.hosts().values().stream()
                        .anyMatch(rows -> rows.altered().isPresent());
    }

    @Test
    void cleanHoursOfEvolvedSchemasAreComplete() throws IOException {
        load();

        assertThat(verdicts(true)).hasSize(4).containsOnly(Verdict.COMPLETE);
        assertThat(verified).hasValue(72);

        loader.compact(step -> {});

        assertThat(verdicts(true)).hasSize(4).containsOnly(Verdict.COMPLETE);
    }

    @Test
    void everyChangeOfARowIsFound() throws IOException {
        load();
        Random random = new Random(9);
        FileVerifier verifier = verifier();
        List<DataFile> files = files();
        Map<DataFile, List<GenericRecord>> original = new HashMap<>();
        for (DataFile file : files) {
            original.put(file, RowFiles.rows(path(file)));
            assertThat(isAltered(verifier.verify(file))).isFalse();
        }
        for (int i = 0; i < EDITS; i++) {
            DataFile file = files.get(random.nextInt(files.size()));
            List<GenericRecord> before = original.getOrDefault(file, List.of());
            Schema schema = before.get(0).getSchema();
            List<GenericRecord> others = original.entrySet().stream()
                    .filter(other -> !other.getKey().equals(file))
                    .flatMap(other -> other.getValue().stream())
                    .filter(row -> row.getSchema().equals(schema))
                    .toList();
            List<GenericRecord> rows =
                    new ArrayList<>(before.stream().map(AuditVerifyTest::copy).toList());
            change(rows, others, random);
            Map<String, String> footer = RowFiles.footer(path(file));

            RowFiles.rewrite(path(file), rows, footer);

            assertThat(isAltered(verifier.verify(file)))
                    .as("edit %d: %s instead of %s", i, rows, before)
                    .isTrue();
            RowFiles.rewrite(path(file), before, footer);
        }
        assertThat(verdicts(true)).containsOnly(Verdict.COMPLETE);
    }

    @Test
    void namesTheFileThatWasChanged() throws IOException {
        load();
        DataFile file = files().get(0);
        List<GenericRecord> rows = RowFiles.rows(path(file));
        String host = rows.get(0).get("host").toString();
        rows.get(0).put("user", "somebody else");
        RowFiles.rewrite(path(file), rows, RowFiles.footer(path(file)));

        assertThat(verdicts(false)).containsOnly(Verdict.COMPLETE);
        assertThat(audit(true))
                .filteredOn(audit -> audit.verdict() != Verdict.COMPLETE)
                .singleElement()
                .satisfies(audit -> {
                    assertThat(audit.host()).isEqualTo(host);
                    assertThat(audit.verdict()).isEqualTo(Verdict.ALTERED);
                    assertThat(audit.detail()).contains(file.name());
                });
    }

    @Test
    void aRowThatIsRemovedIsMissing() throws IOException {
        load();
        DataFile file = files().get(0);
        List<GenericRecord> rows = RowFiles.rows(path(file));
        rows.remove(0);
        RowFiles.rewrite(path(file), rows, RowFiles.footer(path(file)));

        assertThat(audit(true)).anySatisfy(audit -> {
            assertThat(audit.verdict()).isEqualTo(Verdict.MISSING);
            assertThat(audit.detail()).contains("1 records are missing", file.name());
        });
    }

    @Test
    void aDamagedFileIsNamedAndOtherHoursAreVerified() throws IOException {
        load();
        DataFile file = files().get(0);
        byte[] bytes = Files.readAllBytes(path(file));
        Files.deleteIfExists(path(file).resolveSibling("." + file.name() + ".crc"));
        Files.write(path(file), java.util.Arrays.copyOf(bytes, bytes.length / 2));

        List<HostAudit> audits = audit(true);

        assertThat(audits)
                .filteredOn(audit -> audit.hour().equals(file.pathPartition()))
                .isNotEmpty()
                .allSatisfy(audit -> {
                    assertThat(audit.verdict().isGood()).isFalse();
                    assertThat(audit.detail()).contains(file.name() + " cannot be read");
                });
        assertThat(audits)
                .filteredOn(audit -> !audit.hour().equals(file.pathPartition()))
                .extracting(HostAudit::verdict)
                .containsOnly(Verdict.COMPLETE);
    }

    @Test
    void saysWhichRowsCannotBeVerified() throws IOException {
        send(NEXT_LINE, 4, START_MS);
        loader.load();
        Path file = path(files().get(0));
        String event = RowFiles.footer(file).getOrDefault(RowMapper.EVENT_SCHEMA_KEY, "");
        RowFiles.rewrite(
                file,
                RowFiles.rows(file),
                Map.of(FileAudit.FOOTER_KEY, RowFiles.footer(file).getOrDefault(FileAudit.FOOTER_KEY, "")));

        assertThat(event).isNotEmpty();
        assertThat(audit(true)).allSatisfy(audit -> {
            assertThat(audit.verdict()).isEqualTo(Verdict.UNAUDITED);
            assertThat(audit.detail())
                    .startsWith("the counts agree; contents that cannot be verified: ")
                    .endsWith("did not keep the schema of its events");
        });
    }

    @Test
    void aRegistryThatDoesNotAnswerStopsTheVerification() throws IOException {
        load();
        FileVerifier verifier = verifier();
        registry.stopAfter(0);

        assertThatThrownBy(() -> verifier.verify(files().get(0)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot reach the schema registry");
    }

    @Test
    void rowsOfASchemaThatTheRegistryLostAreNotVerified() throws IOException {
        load();
        FakeRegistry empty = new FakeRegistry();
        FileVerifier verifier = new FileVerifier(
                new FileVerifier.Input(
                        loader.store,
                        loader.layout(),
                        empty,
                        new StoredRows(loader.store, loader.layout(), () -> {}),
                        rows -> {}),
                AccessLog.TOPIC);

        VerifiedFile file = verifier.verify(files().get(0));

        assertThat(file.hosts()).isNotEmpty().allSatisfy((host, rows) -> {
            assertThat(rows.altered()).isEmpty();
            assertThat(rows.unverified())
                    .hasValueSatisfying(why -> assertThat(why).contains("Schema not found"));
        });
        assertThat(file.damage()).isEqualTo(Optional.empty());
    }
}

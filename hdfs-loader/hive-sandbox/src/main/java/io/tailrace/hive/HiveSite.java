package io.tailrace.hive;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.hive.conf.HiveConf;

/**
 * Configures a small standalone Hive through a {@code hive-site.xml}, which all parts of Hive in this JVM read.
 */
final class HiveSite {

    private HiveSite() {}

    /** Writes {@code dir/hive-site.xml}, makes it the configuration of this JVM and loads it. */
    static HiveConf install(Path dir, SandboxPorts ports) throws IOException {
        HiveConf settings = new HiveConf(new org.apache.hadoop.conf.Configuration(false), HiveSite.class);
        settings.clear();
        metastore(settings, dir, ports);
        server(settings, dir, ports);
        execution(settings, dir, ports);
        Path file = Files.createDirectories(dir).resolve("hive-site.xml");
        try (OutputStream out = Files.newOutputStream(file)) {
            settings.writeXml(out);
        }
        // Derby reads this when it is loaded. Its default is a log in the working directory.
        System.setProperty("derby.stream.error.file", dir.resolve("derby.log").toString());
        HiveConf.setHiveSiteLocation(file.toUri().toURL());
        return new HiveConf();
    }

    private static void metastore(HiveConf conf, Path dir, SandboxPorts ports) {
        conf.set(
                "javax.jdo.option.ConnectionURL",
                "jdbc:derby:;databaseName=" + dir.resolve("metastore") + ";create=true");
        conf.set("hive.metastore.uris", ports.metastoreUri());
        conf.set("metastore.thrift.bind.host", SandboxPorts.HOST);
        conf.set("datanucleus.schema.autoCreateAll", "true");
        conf.set("hive.metastore.schema.verification", "false");
        // Direct SQL would query tables before the metastore creates them, with long warnings.
        conf.set("hive.metastore.try.direct.sql", "false");
        conf.set("hive.metastore.event.db.notification.api.auth", "false");
        conf.set("hive.metastore.warehouse.dir", ports.hdfsUri() + "/user/hive/warehouse");
        conf.set("hive.metastore.warehouse.external.dir", ports.hdfsUri() + "/user/hive/external");
        conf.set("hive.support.concurrency", "false");
        conf.set("hive.txn.manager", "org.apache.hadoop.hive.ql.lockmgr.DummyTxnManager");
    }

    private static void server(HiveConf conf, Path dir, SandboxPorts ports) {
        conf.set("hive.server2.thrift.bind.host", SandboxPorts.HOST);
        conf.set("hive.server2.thrift.port", Integer.toString(ports.hive()));
        conf.set("hive.server2.webui.port", "0");
        conf.set("hive.server2.enable.doAs", "false");
        conf.set("hive.server2.metrics.enabled", "false");
        conf.set("hive.server2.thrift.min.worker.threads", "1");
        conf.set("hive.server2.thrift.max.worker.threads", "16");
        // Needs Log4j; this process uses Logback.
        conf.set("hive.server2.logging.operation.enabled", "false");
        conf.set("hive.server2.materializedviews.registry.impl", "DUMMY");
        conf.set("hive.materializedview.rewriting", "false");
        conf.set("hive.server2.tez.initialize.default.sessions", "false");
        conf.set("hive.exec.scratchdir", ports.hdfsUri() + "/tmp/hive");
        conf.set("hive.exec.local.scratchdir", dir.resolve("scratch").toString());
        conf.set("hive.downloaded.resources.dir", dir.resolve("resources").toString());
        conf.set("hive.querylog.location", dir.resolve("querylog").toString());
        conf.set(
                "hive.server2.logging.operation.log.location",
                dir.resolve("operationlog").toString());
    }

    /** Runs queries as MapReduce jobs in this JVM, without YARN. */
    private static void execution(HiveConf conf, Path dir, SandboxPorts ports) {
        conf.set("fs.defaultFS", ports.hdfsUri());
        conf.set("dfs.replication", "1");
        conf.set("hadoop.tmp.dir", dir.resolve("tmp").toString());
        conf.set("mapreduce.framework.name", "local");
        conf.set("mapreduce.task.io.sort.mb", "16");
        conf.set("hive.execution.engine", "mr");
        conf.set("hive.exec.submit.local.task.via.child", "false");
        conf.set("hive.stats.autogather", "false");
        conf.set("hive.session.silent", "true");
        conf.set("hive.query.results.cache.enabled", "false");
    }
}

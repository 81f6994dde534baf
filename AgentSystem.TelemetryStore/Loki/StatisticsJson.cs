using System.Text.Json;
using AgentSystem.TelemetryStore.LogQl.Evaluation;

namespace AgentSystem.TelemetryStore.Loki;

/// <summary>The <c>stats</c> of an answer: Loki's shape, with what this store can know; it has no ingesters, chunks or caches.</summary>
internal static class StatisticsJson
{
    private static readonly string[] Caches =
        ["chunk", "index", "result", "statsResult", "volumeResult", "seriesResult", "labelResult", "instantMetricResult"];

    private static readonly string[] CacheFields =
        ["entriesFound", "entriesRequested", "entriesStored", "bytesReceived", "bytesSent", "requests", "downloadTime", "queryLengthServed"];

    private static readonly string[] IngesterFields = ["totalReached", "totalChunksMatched", "totalBatches", "totalLinesSent"];

    internal static void Write(Utf8JsonWriter writer, QueryStatistics statistics, TimeSpan took, int entries)
    {
        var seconds = Math.Max(took.TotalSeconds, 1e-6);
        writer.WriteStartObject("stats");
        writer.WriteStartObject("summary");
        writer.WriteNumber("bytesProcessedPerSecond", (long)(statistics.Bytes / seconds));
        writer.WriteNumber("linesProcessedPerSecond", (long)(statistics.Lines / seconds));
        writer.WriteNumber("totalBytesProcessed", statistics.Bytes);
        writer.WriteNumber("totalLinesProcessed", statistics.Lines);
        writer.WriteNumber("execTime", took.TotalSeconds);
        writer.WriteNumber("queueTime", 0);
        writer.WriteNumber("subqueries", 0);
        writer.WriteNumber("totalEntriesReturned", entries);
        writer.WriteNumber("splits", 1);
        writer.WriteNumber("shards", 0);
        writer.WriteNumber("totalPostFilterLines", statistics.LinesAfterFilters);
        writer.WriteNumber("totalStructuredMetadataBytesProcessed", 0);
        writer.WriteEndObject();

        writer.WriteStartObject("querier");
        WriteStore(writer, statistics);
        writer.WriteEndObject();

        writer.WriteStartObject("ingester");
        WriteZeros(writer, IngesterFields);
        WriteStore(writer, new());
        writer.WriteEndObject();

        writer.WriteStartObject("cache");
        foreach (var cache in Caches)
        {
            writer.WriteStartObject(cache);
            WriteZeros(writer, CacheFields);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();

        writer.WriteStartObject("index");
        WriteZeros(writer, ["totalChunks", "postFilterChunks", "shardsDuration"]);
        writer.WriteBoolean("usedBloomFilters", false);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteStore(Utf8JsonWriter writer, QueryStatistics statistics)
    {
        writer.WriteStartObject("store");
        WriteZeros(writer, ["totalChunksRef", "totalChunksDownloaded", "chunksDownloadTime"]);
        writer.WriteBoolean("queryReferencedStructuredMetadata", false);
        writer.WriteStartObject("chunk");
        WriteZeros(writer, ["headChunkBytes", "headChunkLines"]);
        writer.WriteNumber("decompressedBytes", statistics.Bytes);
        writer.WriteNumber("decompressedLines", statistics.Lines);
        WriteZeros(writer, ["compressedBytes", "totalDuplicates"]);
        writer.WriteNumber("postFilterLines", statistics.LinesAfterFilters);
        WriteZeros(writer, ["headChunkStructuredMetadataBytes", "decompressedStructuredMetadataBytes"]);
        writer.WriteEndObject();
        WriteZeros(writer, ["chunkRefsFetchTime", "congestionControlLatency", "pipelineWrapperFilteredLines"]);
        writer.WriteEndObject();
    }

    private static void WriteZeros(Utf8JsonWriter writer, ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            writer.WriteNumber(name, 0);
    }
}

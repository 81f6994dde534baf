using AgentSystem.Protocol;
using Prometheus;
using static AgentSystem.Protocol.TelemetryNames;

namespace AgentSystem.Orchestrator.Telemetry;

/// <summary>
/// How much room the shared volume has, measured where it is used: it may be a quota, a volume or a share that no other program of the machine sees.
/// </summary>
public sealed class VolumeInstruments
{
    private const string Device = "device", DeviceName = "shared volume";

    /// <summary>Measures at each scrape.</summary>
    public VolumeInstruments(CollectorRegistry registry, IMetricFactory metrics, SharedVolume volume)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(volume);
        var free = metrics.CreateGauge(
            TelemetryNames.Metrics.SharedVolumeFree, "Bytes of the shared volume's disk that we may still use.", [Device, Labels.Mountpoint]).WithLabels(DeviceName, volume.Root);
        var size = metrics.CreateGauge(
            TelemetryNames.Metrics.SharedVolumeSize, "Bytes that the shared volume's disk has.", [Device, Labels.Mountpoint]).WithLabels(DeviceName, volume.Root);
        registry.AddBeforeCollectCallback(() =>
        {
            try
            {
                var disk = new DriveInfo(volume.Root);
                free.Set(disk.AvailableFreeSpace);
                size.Set(disk.TotalSize);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It cannot be measured now: /health says more about that.
            }
        });
    }
}

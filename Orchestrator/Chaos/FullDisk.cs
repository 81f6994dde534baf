using System.Globalization;
using AgentSystem.Protocol;
using AgentSystem.ServiceDefaults.Chaos;
using Microsoft.Extensions.Options;

namespace AgentSystem.Orchestrator.Chaos;

/// <summary>
/// <c>full-disk</c>: a file takes the room on the shared volume until only some percent of it are free. The orchestrator removes the file when the
/// fault is over, and when it starts.
/// </summary>
internal sealed class FullDisk(SharedVolume volume, IOptions<ChaosOptions> options) : IFault
{
    private string? _path;

    /// <inheritdoc/>
    public string Name => FaultCatalog.FullDisk;

    /// <inheritdoc/>
    public string? Refuse(FaultOrder order) => Size(order) switch
    {
        <= 0 => $"No more than that is free on the disk of {volume.Root} as it is.",
        var size when size > options.Value.MaxBallastBytes => string.Create(CultureInfo.InvariantCulture,
            $"It would take {size / (1 << 20):N0} MiB of the disk of {volume.Root}; at most {options.Value.MaxBallastBytes / (1 << 20):N0} MiB are allowed. "
            + $"Give the system a small disk of its own (Data:Dir), or raise Chaos:MaxBallastBytes."),
        _ => null,
    };

    /// <inheritdoc/>
    public void Begin(FaultOrder order)
    {
        _path = volume.BallastPath(order.Id);
        // Only allocated, since nobody reads it.
        using var file = new FileStream(_path, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            PreallocationSize = Math.Clamp(Size(order), 0, options.Value.MaxBallastBytes),
        });
    }

    /// <inheritdoc/>
    public void End()
    {
        if (_path is not null)
            File.Delete(_path);
        _path = null;
    }

    private long Size(FaultOrder order)
    {
        var disk = new DriveInfo(volume.Root);
        return disk.AvailableFreeSpace - (long)(disk.TotalSize * order.Number(FaultCatalog.Parameters.FreePercent) / 100);
    }
}

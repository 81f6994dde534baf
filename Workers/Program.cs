using AgentSystem.ServiceDefaults;
using AgentSystem.Workers;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddWorker();

var app = builder.Build();
app.MapDefaultEndpoints();
return await app.RunServiceAsync();

"""Runs the checks of scim2-tester against a SCIM server and prints one JSON object a check."""

import json
import os

import httpx2
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import check_server

client = SyncSCIMClient(
    httpx2.Client(
        base_url=os.environ["SCIM_URL"],
        headers={"Authorization": f"Bearer {os.environ['SCIM_TOKEN']}"},
    )
)
for result in check_server(client):
    print(json.dumps({"status": result.status.name, "title": result.title, "reason": str(result.reason)}))

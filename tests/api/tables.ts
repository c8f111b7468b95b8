// SPDX-License-Identifier: MulanPSL-2.0
// Tables in the shape of the two sources that mappings ship for, made up here.
const nycHeader = ("Unique Key,Created Date,Closed Date,Agency,Agency Name,Complaint Type,Descriptor,Location Type,Incident Zip,Incident Address," +
  "Street Name,Cross Street 1,Cross Street 2,Intersection Street 1,Intersection Street 2,Address Type,City,Landmark,Facility Type,Status,Due Date," +
  "Resolution Description,Resolution Action Updated Date,Community Board,BBL,Borough,X Coordinate (State Plane),Y Coordinate (State Plane)," +
  "Open Data Channel Type,Park Facility Name,Park Borough,Vehicle Type,Taxi Company Borough,Taxi Pick Up Location,Bridge Highway Name," +
  "Bridge Highway Direction,Road Ramp,Bridge Highway Segment,Latitude,Longitude,Location").split(",");

export function nycRows(count: number): string[][] {
  const types = ["Noise - Residential", "Rodent", "HEAT/HOT WATER", "Street Light Condition", "Illegal Parking"];
  const boroughs = ["BRONX", "QUEENS", "BROOKLYN", "Unspecified"];
  const rows = [nycHeader];
  for (let i = 0; i < count; i++) {
    const row = nycHeader.map(() => "");
    const set = (name: string, value: string) => (row[nycHeader.indexOf(name)] = value);
    const hour = i % 24, closed = i % 3 === 0;
    set("Unique Key", String(90000000 + i));
    set("Created Date", `10/21/18 ${hour}:${String(i % 60).padStart(2, "0")}`);
    set("Status", closed ? "Closed" : "Open");
    if (closed) set("Closed Date", `10/2${2 + (i % 7)}/18 ${hour}:59`);
    set("Complaint Type", types[i % types.length]);
    set("Descriptor", i % 5 ? "Loud, \"quoted\" sound" : "");
    set("Incident Address", `${i} MAIN STREET`);
    set("City", "NEW YORK");
    set("Resolution Description", closed ? `Answer ${i}:\nit was done.` : "");
    set("Borough", boroughs[i % boroughs.length]);
    if (i % 4) {
      set("Latitude", (40.5 + i / 10000).toFixed(6));
      set("Longitude", (-73.9 - i / 10000).toFixed(6));
    }
    rows.push(row);
  }
  return rows;
}

export function zhRows(count: number): string[][] {
  const topics = ["路灯不亮", "小区停车收费", "公交线路调整", "噪音扰民", "自来水压力低", "幼儿园入学"];
  const rows = [["id", "user", "time", "reply_time", "title", "text", "reply"]];
  for (let i = 0; i < count; i++) {
    const topic = topics[i % topics.length];
    const replyTime = i === 7 ? "2019-04-08 08:37:20" : i === 9 ? "2019/4/24" : `2019/5/${1 + (i % 28)} 9:${String(i % 60).padStart(2, "0")}:09`;
    rows.push([String(50000 + i), `A${i}`, `2019/4/${1 + (i % 28)} 19:32:09`, replyTime, `关于${topic}的问题${i}`, `我们这里${topic}，希望尽快处理，谢谢。编号${i}，㳇水村。`, `您好，您反映的${topic}已转有关单位。`]);
  }
  return rows;
}

export function writeCsv(rows: string[][]): string {
  return rows.map((row) => row.map((f) => (/[",\r\n]/.test(f) ? `"${f.replace(/"/g, '""')}"` : f)).join(",") + "\r\n").join("");
}

export function writeTsv(rows: string[][]): string {
  return rows.map((row) => row.join("\t") + "\n").join("");
}
